// A thread's four rows are neighbours, or two gates and their ups.
var<private> first_token: u32;

fn input_group(t: u32, g: u32) -> Group {
  let v = (first_token + t) * (params.xStride / 4u) + g * 8u;
  return Group(x[v], x[v + 1u], x[v + 2u], x[v + 3u], x[v + 4u], x[v + 5u], x[v + 6u], x[v + 7u]);
}

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
  let outputs = select(4u, 2u, GATE != 0u);
  let first = id.x * outputs;
  if (first >= params.rows) {
    return;
  }
  first_token = workgroup.y * TILE_TOKENS;
  let count = min(TILE_TOKENS, step.tokens - first_token);
  var sums = tile_sums(four_rows(first), count);

  let made = min(outputs, params.rows - first);
  for (var t = 0u; t < count; t++) {
    for (var k = 0u; k < made; k++) {
      write_output(first_token + t, first + k, sums[t][k], sums[t][(k + 2u) % 4u]);
    }
  }
}
