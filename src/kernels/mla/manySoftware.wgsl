// Rows of one head times that head's vectors of a chunk.
const THREADS = 32u;

var<private> own_head: u32;
var<private> first_token: u32;

fn input_group(t: u32, g: u32) -> Group {
  let token = first_token + t;
  let v = g * 8u;
  return Group(
    input_quad(token, own_head, v), input_quad(token, own_head, v + 1u),
    input_quad(token, own_head, v + 2u), input_quad(token, own_head, v + 3u),
    input_quad(token, own_head, v + 4u), input_quad(token, own_head, v + 5u),
    input_quad(token, own_head, v + 6u), input_quad(token, own_head, v + 7u));
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  own_head = workgroup.y;
  first_token = workgroup.z * TILE_TOKENS;
  let first = 4u * (workgroup.x * THREADS + thread);
  if (first >= head_rows()) {
    return;
  }
  let rows = own_head * head_rows() + first + vec4(0u, 1u, 2u, 3u);
  let count = min(TILE_TOKENS, step.tokens - first_token);
  var sums = tile_sums(rows, count);

  for (var t = 0u; t < count; t++) {
    let sum = sums[t] * output_scale(first_token + t);
    for (var k = 0u; k < 4u; k++) {
      write_output(first_token + t, own_head, first + k, sum[k]);
    }
  }
}
