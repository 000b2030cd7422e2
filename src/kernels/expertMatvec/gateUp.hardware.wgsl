// Workgroup (x, y): TEAMS pairs of outputs of the y-th entry.
fn source_of(v: u32) -> u32 {
  return v;
}

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
  let lane = thread % LANES;
  let team = thread / LANES;
  let first = (workgroup.x * TEAMS + team) * 2u;

  var at = (gate_up_rows(first) + slot * 2u * params.rows) * params.groups + lane;
  var squares = 0.0;
  var sums = vec4<f32>(0.0);
  for (var start = 0u; start < params.groups; start += LANES) {
    squares += stage(start, params.groups, thread);
    workgroupBarrier();
    if (start + lane < params.groups) {
      sums += four_dots(at, staged_group(lane));
    }
    at += LANES;
    workgroupBarrier();
  }
  sum_lanes(sums, thread, lane);
  let factor = input_factor(workgroup_sum(squares, thread), entry);

  if (lane < 2u && first + lane < params.rows) {
    let value = gated_output(parts[team * LANES] * factor, expert, first, lane);
    write_y(workgroup.y * params.yStride + first + lane, value);
  }
}
