// A thread per four rows (a row is a head of a token), four latents at a time: 4 x 4
// scores for 8 loads. Blocks of latents begin at multiples of 4, and one a row sees
// nothing of changes nothing for it, so the order of a sum does not depend on where the
// chunk began. Sums of values are kept where the result goes: an array of a latent's
// length per thread takes software adapters a minute to compile.
override THREADS: u32;

const LOWEST = -3.0e38; // below any score; finite, so that differences stay numbers

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let first_row = 4u * id.x;
  if (first_row >= row_count()) {
    return;
  }
  let row = min(first_row + vec4(0u, 1u, 2u, 3u), vec4(row_count() - 1u));
  let position = vec4(
    position_of(row.x), position_of(row.y), position_of(row.z), position_of(row.w));
  let query = vec4(query_at(row.x), query_at(row.y), query_at(row.z), query_at(row.w));
  let slice = slice_of(id.y);
  let end = min(slice.y, position.w + 1u);
  let rank = params.kvRank / 4u;
  let quads = (params.kvRank + params.ropeDim) / 4u;

  let sums = vec4(
    sums_at(row.x, id.y), sums_at(row.y, id.y), sums_at(row.z, id.y), sums_at(row.w, id.y));
  var highest = vec4(LOWEST); // of each row
  var total = vec4(0.0);
  for (var first = slice.x; first < end; first += 4u) {
    let key = first + vec4(0u, 1u, 2u, 3u);
    let cell = min(key, vec4(end - 1u)) * quads;
    var score = mat4x4<f32>(); // a column per key
    for (var quad = 0u; quad < quads; quad++) {
      let q0 = queries[query.x + quad];
      let q1 = queries[query.y + quad];
      let q2 = queries[query.z + quad];
      let q3 = queries[query.w + quad];
      for (var j = 0u; j < 4u; j++) {
        let k = kv_unpack(cache[cell[j] + quad]);
        score[j] += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
      }
    }
    var top = highest;
    for (var j = 0u; j < 4u; j++) {
      let hidden = (vec4(key[j]) > position) | vec4(key[j] >= end);
      score[j] = select(score[j], vec4(LOWEST), hidden);
      top = max(top, score[j]);
    }
    let decay = exp(highest - top);
    highest = top;
    total *= decay;
    for (var j = 0u; j < 4u; j++) {
      let hidden = (vec4(key[j]) > position) | vec4(key[j] >= end);
      score[j] = select(exp(score[j] - top), vec4(0.0), hidden);
      total += score[j];
    }
    let weight = transpose(score); // a column per row
    for (var quad = 0u; quad < rank; quad++) {
      let values = mat4x4(
        kv_unpack(cache[cell.x + quad]), kv_unpack(cache[cell.y + quad]),
        kv_unpack(cache[cell.z + quad]), kv_unpack(cache[cell.w + quad]));
      var sum = values * weight;
      if (first > slice.x) {
        sum += mat4x4(
          load_sum(sums.x + quad) * decay.x, load_sum(sums.y + quad) * decay.y,
          load_sum(sums.z + quad) * decay.z, load_sum(sums.w + quad) * decay.w);
      }
      // Rows past the last are the last again, and write the same.
      store_sum(sums.x + quad, sum[0]);
      store_sum(sums.y + quad, sum[1]);
      store_sum(sums.z + quad, sum[2]);
      store_sum(sums.w + quad, sum[3]);
    }
  }

  let made = min(4u, row_count() - first_row);
  for (var i = 0u; i < made; i++) {
    close_row(first_row + i, id.y, highest[i], total[i]);
    if (slice.x < end) {
      for (var quad = 0u; quad < rank; quad++) {
        store_sum(sums[i] + quad, load_sum(sums[i] + quad) / divisor(total)[i]);
      }
    }
  }
}
