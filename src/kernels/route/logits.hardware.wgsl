// Teams of lanes sum four experts each, pass after pass over all of them.
var<private> token_start: u32;

fn source_of(v: u32) -> u32 {
  return token_start + v;
}

// Leaves router · (x * normWeight) in `logits` and returns the sum of x's squares.
fn sum_rows(start_of_x: u32, thread: u32) -> f32 {
  token_start = start_of_x;
  let lane = thread % LANES;
  let team = thread / LANES;
  let count = router_rows();
  var squares = 0.0;
  for (var pass_start = 0u; pass_start < count; pass_start += TEAMS * 4u) {
    let first = pass_start + team * 4u;
    let rows = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(count - 1u));
    squares = team_sums(rows, thread);
    if (lane < 4u && first + lane < count) {
      logits[first + lane] = parts[team * LANES][lane];
    }
  }
  return workgroup_sum(squares, thread);
}
