// A thread makes four sums (neighbouring rows, or two gates and their ups) for each of the
// 16 entries of a tile, with no workgroup memory and no barrier: what an emulator on a CPU
// runs fastest. A weight is unpacked once for the tile, an input read once for four rows.
const ENTRIES = 16u;

fn input_group(v: u32) -> Group {
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
  let rows = part.row + vec4<u32>(
    weight_row(first, 0u, 2u), weight_row(first, 1u, 2u), weight_row(first, 2u, 2u), weight_row(first, 3u, 2u));

  var inputs: array<u32, ENTRIES>;
  for (var i = 0u; i < part.count; i++) {
    inputs[i] = input_row(order[part.first + i]) * (params.xStride / 4u);
  }
  var sums: array<vec4<f32>, ENTRIES>;
  for (var g = 0u; g < params.groups; g++) {
    let at = rows * params.groups + g;
    let w0 = weights_of(at.x);
    let w1 = weights_of(at.y);
    let w2 = weights_of(at.z);
    let w3 = weights_of(at.w);
    for (var i = 0u; i < part.count; i++) {
      let input = input_group(inputs[i] + g * 8u);
      sums[i] += vec4<f32>(
        group_dot(w0, input), group_dot(w1, input), group_dot(w2, input), group_dot(w3, input));
    }
  }

  let made = min(outputs, params.rows - first);
  for (var i = 0u; i < part.count; i++) {
    for (var k = 0u; k < made; k++) {
      write_output(part, order[part.first + i], first + k, sums[i][k], sums[i][(k + 2u) % 4u]);
    }
  }
}
