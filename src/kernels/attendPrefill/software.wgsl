// A thread per (4 tokens, head), four keys at a time: 4 x 4 scores for 8 loads.
// Blocks of keys begin at multiples of 4, and one a token sees nothing of changes
// nothing for it, so the order of a sum does not depend on where the chunk began.
override WIDTH: u32;
override HEAD_DIM: u32;
override QUADS = HEAD_DIM / 4u;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let first_token = 4u * id.x;
  let head = id.y;
  if (first_token >= step.tokens) {
    return;
  }
  let kv_head = head / (params.heads / params.kvHeads);
  let token = min(first_token + vec4(0u, 1u, 2u, 3u), vec4(step.tokens - 1u));
  let position = step.position + token;
  let seen = vec4(first_seen(position.x), first_seen(position.y), first_seen(position.z), first_seen(position.w));
  let query = (token * params.qkvStride + head * HEAD_DIM) / 4u;
  let quads = runtime(QUADS);
  let row = params.kvHeads * quads; // quads from one position to the next

  var sums: array<mat4x4<f32>, 8u * CHUNKS>; // [quad], a column per token
  var highest = vec4(LOWEST); // of each token
  var total = vec4(0.0);
  if (SINKS) {
    highest = vec4(sink_of(head));
    total = vec4(1.0);
  }
  for (var first = seen.x & ~3u; first <= position.w; first += 4u) {
    let key = first + vec4(0u, 1u, 2u, 3u);
    let cell = min(key, vec4(position.w)) * row + kv_head * quads;
    var score = mat4x4<f32>(); // a column per key
    for (var quad = 0u; quad < quads; quad++) {
      let q0 = qkv[query.x + quad];
      let q1 = qkv[query.y + quad];
      let q2 = qkv[query.z + quad];
      let q3 = qkv[query.w + quad];
      let k0 = k_load(cell.x + quad);
      let k1 = k_load(cell.y + quad);
      let k2 = k_load(cell.z + quad);
      let k3 = k_load(cell.w + quad);
      score[0] += vec4(dot(q0, k0), dot(q1, k0), dot(q2, k0), dot(q3, k0));
      score[1] += vec4(dot(q0, k1), dot(q1, k1), dot(q2, k1), dot(q3, k1));
      score[2] += vec4(dot(q0, k2), dot(q1, k2), dot(q2, k2), dot(q3, k2));
      score[3] += vec4(dot(q0, k3), dot(q1, k3), dot(q2, k3), dot(q3, k3));
    }
    var top = highest;
    for (var j = 0u; j < 4u; j++) {
      let hidden = (vec4(key[j]) < seen) | (vec4(key[j]) > position);
      score[j] = select(capped(params.scale * score[j]), vec4(LOWEST), hidden);
      top = max(top, score[j]);
    }
    let decay = exp(highest - top);
    highest = top;
    total *= decay;
    for (var j = 0u; j < 4u; j++) {
      let hidden = (vec4(key[j]) < seen) | (vec4(key[j]) > position);
      score[j] = select(exp(score[j] - top), vec4(0.0), hidden);
      total += score[j];
    }
    for (var quad = 0u; quad < quads; quad++) {
      let v0 = v_load(cell.x + quad);
      let v1 = v_load(cell.y + quad);
      let v2 = v_load(cell.z + quad);
      let v3 = v_load(cell.w + quad);
      let s = sums[quad];
      sums[quad] = mat4x4(
        s[0] * decay.x + score[0].x * v0 + score[1].x * v1 + score[2].x * v2 + score[3].x * v3,
        s[1] * decay.y + score[0].y * v0 + score[1].y * v1 + score[2].y * v2 + score[3].y * v3,
        s[2] * decay.z + score[0].z * v0 + score[1].z * v1 + score[2].z * v2 + score[3].z * v3,
        s[3] * decay.w + score[0].w * v0 + score[1].w * v1 + score[2].w * v2 + score[3].w * v3,
      );
    }
  }
  for (var i = 0u; i < min(4u, step.tokens - first_token); i++) {
    let to = ((first_token + i) * params.outStride + head * HEAD_DIM) / 4u;
    for (var quad = 0u; quad < quads; quad++) {
      out[to + quad] = sums[quad][i] / total[i];
    }
  }
}
