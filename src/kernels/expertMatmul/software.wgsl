// A thread's four rows are neighbours, or two gates and their ups; its vectors are the
// entries of a tile.
var<private> starts: array<u32, TILE_TOKENS>; // of the entries' rows of x, in vec4

fn input_group(i: u32, g: u32) -> Group {
  let v = starts[i] + g * 8u;
  return Group(x[v], x[v + 1u], x[v + 2u], x[v + 3u], x[v + 4u], x[v + 5u], x[v + 6u], x[v + 7u]);
}

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
  let part = part_of(workgroup.y);
  let outputs = select(4u, 2u, GATE != 0u);
  let first = id.x * outputs;
  if (first >= params.rows || part.count == 0u) {
    return;
  }
  for (var i = 0u; i < part.count; i++) {
    starts[i] = input_row(order[part.first + i]) * (params.xStride / 4u);
  }
  var sums = tile_sums(part.row + four_rows(first), part.count);

  let made = min(outputs, params.rows - first);
  for (var i = 0u; i < part.count; i++) {
    for (var k = 0u; k < made; k++) {
      write_output(part, order[part.first + i], first + k, sums[i][k], sums[i][(k + 2u) % 4u]);
    }
  }
}
