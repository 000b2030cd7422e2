// A team makes four neighbouring rows, or two gates and their two ups.
fn source_of(v: u32) -> u32 {
  return v;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let workgroup = workgroup_id.y * workgroups.x + workgroup_id.x;
  let lane = thread % LANES;
  let team = thread / LANES;
  let is_gated = GATE != 0u;
  let outputs = select(4u, 2u, is_gated);
  let first = (workgroup * TEAMS + team) * outputs;
  open_input(workgroup, thread);
  let squares = team_sums(four_rows(first), thread);
  var scale = 1.0;
  if (NORMED) {
    scale = inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
  }

  let output = first + lane;
  if (lane >= outputs || output >= params.rows) {
    return;
  }
  let sums = parts[team * LANES] * scale;
  var value = sums[lane] + bias_of(weight_row(first, lane, 2u));
  if (is_gated) {
    value = gated(value, sums[lane + 2u] + bias_of(weight_row(first, lane + 2u, 2u)));
  }
  write_y(params.yOffset + output, soft_cap(params.outScale * value, params.softCap));
}
