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

  let squares = team_sums(four_rows(first) + slot * 2u * params.rows, thread);
  let factor = input_factor(workgroup_sum(squares, thread), entry);

  if (lane < 2u && first + lane < params.rows) {
    let value = gated_output(parts[team * LANES] * factor, expert, first, lane);
    write_y(workgroup.y * params.yStride + first + lane, value);
  }
}
