// A workgroup: ROWS rows (a row is a head of a token) against 32 latents at a time, so
// that a latent is read once for all of them. Keys are staged 32 channels at a time;
// values are the same latents, which a thread reads straight from the cache. 32 threads
// share four rows: each scores one key for them, then sums quads lane, lane + 32, ... of
// the latent. Tiles begin at multiples of 32, and one a row sees nothing of changes
// nothing for it, so the order of its sums does not depend on where the chunk began.
override ROWS: u32; // a multiple of 4
override TEAMS = ROWS / 4u;
override THREADS = TEAMS * 32u;

const KEYS = 32u;
const RUN = 8u; // quads of a run of channels
const LOWEST = -3.0e38; // below any score; finite, so that differences stay numbers

// Odd strides keep the quads of a row, stored together, off each other's banks.
var<workgroup> staged_rows: array<vec4<f32>, RUN * (ROWS + 1u)>; // [quad, row]
var<workgroup> staged_keys: array<vec4<f32>, RUN * (KEYS + 1u)>; // [quad, key]
var<workgroup> weights: array<vec4<f32>, KEYS * TEAMS>; // [key, rows/4]: scores, then weights

// `count`, hidden from compilers, lest they unroll a loop.
fn runtime(count: u32) -> u32 {
  return count * params.heads / params.heads;
}

fn stage_run(first_row: u32, first_key: u32, end: u32, run: u32, thread: u32) {
  let quads = (params.kvRank + params.ropeDim) / 4u;
  for (var item = thread; item < (ROWS + KEYS) * RUN; item += THREADS) {
    let place = item / RUN;
    let quad = item % RUN;
    let channel = run * RUN + quad;
    var value = vec4(0.0);
    if (place < ROWS) {
      if (channel < quads) {
        value = queries[query_at(min(first_row + place, row_count() - 1u)) + channel];
      }
      staged_rows[quad * (ROWS + 1u) + place] = value;
    } else {
      let key = place - ROWS;
      if (channel < quads) {
        value = kv_unpack(cache[min(first_key + key, end - 1u) * quads + channel]);
      }
      staged_keys[quad * (KEYS + 1u) + key] = value;
    }
  }
}

// Scores of the thread's four rows with its key.
fn score_tile(first_row: u32, first_key: u32, end: u32, thread: u32) -> vec4<f32> {
  let rows = 4u * (thread / KEYS);
  let runs = (params.kvRank + params.ropeDim + 4u * RUN - 1u) / (4u * RUN);
  var score = vec4(0.0);
  for (var run = 0u; run < runs; run++) {
    stage_run(first_row, first_key, end, run, thread);
    workgroupBarrier();
    for (var quad = 0u; quad < runtime(RUN); quad++) {
      let at = quad * (ROWS + 1u) + rows;
      let key = staged_keys[quad * (KEYS + 1u) + thread % KEYS];
      score += vec4(
        dot(staged_rows[at], key), dot(staged_rows[at + 1u], key),
        dot(staged_rows[at + 2u], key), dot(staged_rows[at + 3u], key));
    }
    workgroupBarrier();
  }
  return score;
}

// Four rows' sums, a column each, times their decay.
fn decayed(sums: mat4x4<f32>, decay: vec4<f32>) -> mat4x4<f32> {
  return mat4x4(sums[0] * decay.x, sums[1] * decay.y, sums[2] * decay.z, sums[3] * decay.w);
}

fn outer(value: vec4<f32>, weight: vec4<f32>) -> mat4x4<f32> {
  return mat4x4(value * weight.x, value * weight.y, value * weight.z, value * weight.w);
}

fn write_rows(first: u32, split: u32, quad: u32, sums: mat4x4<f32>, total: vec4<f32>) {
  if (quad >= params.kvRank / 4u) {
    return;
  }
  for (var i = 0u; i < min(4u, row_count() - min(first, row_count())); i++) {
    store_sum(sums_at(first + i, split) + quad, sums[i] / divisor(total)[i]);
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let first_row = workgroup.x * ROWS;
  let team = thread / KEYS;
  let lane = thread % KEYS;
  let row = first_row + 4u * team; // the first of four
  let last = row_count() - 1u;
  let slice = slice_of(workgroup.y);
  let end = min(slice.y, position_of(min(first_row + ROWS - 1u, last)) + 1u);
  let position = vec4(
    position_of(min(row, last)), position_of(min(row + 1u, last)),
    position_of(min(row + 2u, last)), position_of(min(row + 3u, last)));
  let quads = (params.kvRank + params.ropeDim) / 4u; // of a row of the cache
  let last_quad = params.kvRank / 4u - 1u;
  let quad = min(lane + vec4(0u, 32u, 64u, 96u), vec4(last_quad));

  var sums0 = mat4x4<f32>(); // the thread's quads, a column per row
  var sums1 = mat4x4<f32>();
  var sums2 = mat4x4<f32>();
  var sums3 = mat4x4<f32>();
  var highest = vec4(LOWEST); // of each row
  var total = vec4(0.0);
  for (var first_key = slice.x; first_key < end; first_key += KEYS) {
    let key = first_key + lane;
    let hidden = (vec4(key) > position) | vec4(key >= end);
    let score = select(score_tile(first_row, first_key, end, thread), vec4(LOWEST), hidden);
    weights[lane * TEAMS + team] = score;
    workgroupBarrier();
    var top = highest;
    for (var other = 0u; other < runtime(KEYS); other++) {
      top = max(top, weights[other * TEAMS + team]);
    }
    let decay = exp(highest - top);
    highest = top;
    workgroupBarrier();
    weights[lane * TEAMS + team] = select(exp(score - top), vec4(0.0), hidden);
    workgroupBarrier();

    total *= decay;
    sums0 = decayed(sums0, decay);
    sums1 = decayed(sums1, decay);
    sums2 = decayed(sums2, decay);
    sums3 = decayed(sums3, decay);
    for (var other = 0u; other < min(KEYS, end - first_key); other++) {
      let cell = (first_key + other) * quads;
      let weight = weights[other * TEAMS + team];
      total += weight;
      sums0 += outer(kv_unpack(cache[cell + quad.x]), weight);
      if (last_quad >= 32u) {
        sums1 += outer(kv_unpack(cache[cell + quad.y]), weight);
      }
      if (last_quad >= 64u) {
        sums2 += outer(kv_unpack(cache[cell + quad.z]), weight);
      }
      if (last_quad >= 96u) {
        sums3 += outer(kv_unpack(cache[cell + quad.w]), weight);
      }
    }
    workgroupBarrier();
  }

  if (lane < 4u && row + lane <= last) {
    close_row(row + lane, workgroup.y, highest[lane], total[lane]);
  }
  if (slice.x >= end) {
    return;
  }
  write_rows(row, workgroup.y, lane, sums0, total);
  write_rows(row, workgroup.y, lane + 32u, sums1, total);
  write_rows(row, workgroup.y, lane + 64u, sums2, total);
  write_rows(row, workgroup.y, lane + 96u, sums3, total);
}
