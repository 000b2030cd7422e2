// A thread makes four neighbouring rows, or two gates and their ups.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let workgroup = workgroup_id.y * workgroups.x + workgroup_id.x;
  open_input(workgroup, thread);
  var scale = 1.0;
  if (NORMED) {
    scale = inverseSqrt(input_squares(0u, thread) / f32(params.width) + params.eps);
  }

  let is_gated = GATE != 0u;
  let outputs = select(4u, 2u, is_gated);
  let first = (workgroup * THREADS + thread) * outputs;
  if (first >= params.rows) {
    return;
  }
  let rows = four_rows(first);
  let sums = serial_sums(rows, 0u) * scale;
  let made = min(outputs, params.rows - first);
  for (var k = 0u; k < made; k++) {
    var value = sums[k] + bias_of(rows[k]);
    if (is_gated) {
      value = gated(value, sums[k + 2u] + bias_of(rows[k + 2u]));
    }
    write_y(params.yOffset + first + k, soft_cap(params.outScale * value, params.softCap));
  }
}
