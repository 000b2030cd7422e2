// A thread per (token, head), four keys at a time. Blocks of keys begin at
// multiples of 4, so the order of a sum does not depend on where the chunk began.
override WIDTH: u32;
override HEAD_DIM: u32;
override QUADS = HEAD_DIM / 4u;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let token = id.x;
  let head = id.y;
  if (token >= step.tokens) {
    return;
  }
  let kv_head = head / (params.heads / params.kvHeads);
  let position = step.position + token;
  let query = (token * params.qkvStride + head * HEAD_DIM) / 4u;
  let quads = runtime(QUADS);
  let row = params.kvHeads * quads; // quads from one position to the next
  let seen = first_seen(position);

  var sums: array<vec4<f32>, 8u * CHUNKS>;
  var highest = LOWEST;
  var total = 0.0;
  for (var first = seen & ~3u; first <= position; first += 4u) {
    let at = first + vec4(0u, 1u, 2u, 3u);
    // A key outside what is seen is replaced by the query's own and gets weight 0.
    let hidden = (at < vec4(seen)) | (at > vec4(position));
    let cell = select(at, vec4(position), hidden) * row + kv_head * quads;
    var score = vec4(0.0);
    for (var quad = 0u; quad < quads; quad++) {
      let q = qkv[query + quad];
      score += vec4(
        dot(q, k_load(cell.x + quad)),
        dot(q, k_load(cell.y + quad)),
        dot(q, k_load(cell.z + quad)),
        dot(q, k_load(cell.w + quad)),
      );
    }
    score = select(capped(params.scale * score), vec4(LOWEST), hidden);
    let top = max(highest, max(max(score.x, score.y), max(score.z, score.w)));
    let weight = select(exp(score - top), vec4(0.0), hidden);
    let decay = exp(highest - top);
    highest = top;
    total = total * decay + dot(weight, vec4(1.0));
    for (var quad = 0u; quad < quads; quad++) {
      sums[quad] = sums[quad] * decay + weight.x * v_load(cell.x + quad) + weight.y * v_load(cell.y + quad)
        + weight.z * v_load(cell.z + quad) + weight.w * v_load(cell.w + quad);
    }
  }
  let to = (token * params.outStride + head * HEAD_DIM) / 4u;
  for (var quad = 0u; quad < quads; quad++) {
    out[to + quad] = sums[quad] / total;
  }
}
