// Rows of one head times that head's vectors of a chunk: a thread makes four sums for
// each of 16 tokens, without workgroup memory or barriers. A weight is unpacked once
// for the 16 tokens, an input read once for four rows.
const THREADS = 32u;
const TILE_TOKENS = 16u;

fn input_group(token: u32, head: u32, v: u32) -> Group {
  return Group(
    input_quad(token, head, v), input_quad(token, head, v + 1u),
    input_quad(token, head, v + 2u), input_quad(token, head, v + 3u),
    input_quad(token, head, v + 4u), input_quad(token, head, v + 5u),
    input_quad(token, head, v + 6u), input_quad(token, head, v + 7u));
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  let head = workgroup.y;
  let first = 4u * (workgroup.x * THREADS + thread);
  if (first >= head_rows()) {
    return;
  }
  let rows = (head * head_rows() + first + vec4(0u, 1u, 2u, 3u)) * params.groups;
  let first_token = workgroup.z * TILE_TOKENS;
  let tokens = min(TILE_TOKENS, step.tokens - first_token);

  var sums: array<vec4<f32>, TILE_TOKENS>;
  for (var g = 0u; g < params.groups; g++) {
    let at = rows + g;
    let w0 = weights_of(at.x);
    let w1 = weights_of(at.y);
    let w2 = weights_of(at.z);
    let w3 = weights_of(at.w);
    for (var t = 0u; t < tokens; t++) {
      let input = input_group(first_token + t, head, g * 8u);
      sums[t] += vec4(
        group_dot(w0, input), group_dot(w1, input), group_dot(w2, input), group_dot(w3, input));
    }
  }
  for (var t = 0u; t < tokens; t++) {
    let sum = sums[t] * output_scale(first_token + t);
    for (var k = 0u; k < 4u; k++) {
      write_output(first_token + t, head, first + k, sum[k]);
    }
  }
}
