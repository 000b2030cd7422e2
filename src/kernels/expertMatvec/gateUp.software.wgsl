// Workgroup (x, y): THREADS pairs of outputs of the y-th entry.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let entry = params.firstEntry + workgroup.y;
  let expert = expert_of(entry);
  let slot = slot_of(expert);
  if (slot == ABSENT) {
    return;
  }
  let factor = input_factor(input_squares(0u, thread), entry);
  let first = (workgroup.x * THREADS + thread) * 2u;
  if (first >= params.rows) {
    return;
  }
  let sums = serial_sums(four_rows(first) + slot * 2u * params.rows, 0u) * factor;
  let made = min(2u, params.rows - first);
  for (var k = 0u; k < made; k++) {
    write_y(workgroup.y * params.yStride + first + k, gated_output(sums, expert, first, k));
  }
}
