// LANES neighbouring threads share four rows, each reading the 32-column group beside
// its neighbour's, so that a row's words arrive in whole cache lines. TEAMS such teams
// share the input, which is staged LANES groups at a time; the squares for the norm are
// summed as they pass. Gated: the four rows are two gates and their two ups.
override LANES: u32 = 32u; // a power of two
override TEAMS: u32 = 2u; // a power of two
override THREADS: u32 = LANES * TEAMS;

// [8][LANES + 1]: vec4 i of each group; the odd stride keeps stores off each other's banks.
var<workgroup> staged: array<vec4<f32>, 8u * (LANES + 1u)>;
var<workgroup> parts: array<vec4<f32>, THREADS>;

// Row of the k-th sum of a team whose first output is `first`; past the end, a row that exists.
fn weight_row(first: u32, k: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + (k & 1u), last) + (k >> 1u) * params.rows;
  }
  return min(first + k, last);
}

// Stages groups start..start+LANES of the input and returns the sum of their squares.
fn stage(start: u32, thread: u32, first: bool) -> f32 {
  var squares = 0.0;
  for (var i = thread; i < LANES * 8u; i += THREADS) {
    let v = start * 8u + i;
    if (v < params.groups * 8u) {
      let value = input_at(v);
      squares += dot(value, value);
      if (first) {
        keep_input(v, value);
      }
      staged[(i & 7u) * (LANES + 1u) + (i >> 3u)] = weigh(v, value);
    }
  }
  return squares;
}

fn staged_group(lane: u32) -> Group {
  let row = LANES + 1u;
  return Group(
    staged[lane], staged[lane + row], staged[lane + 2u * row], staged[lane + 3u * row],
    staged[lane + 4u * row], staged[lane + 5u * row], staged[lane + 6u * row], staged[lane + 7u * row]);
}

fn sum_lanes(sums: vec4<f32>, thread: u32, lane: u32) {
  parts[thread] = sums;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      parts[thread] += parts[thread + half];
    }
  }
  workgroupBarrier();
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
  let rows = vec4<u32>(
    weight_row(first, 0u), weight_row(first, 1u), weight_row(first, 2u), weight_row(first, 3u));
  open_input(thread);

  var at = rows * params.groups + lane;
  var squares = 0.0;
  var sums = vec4<f32>(0.0);
  for (var start = 0u; start < params.groups; start += LANES) {
    squares += stage(start, thread, workgroup == 0u);
    workgroupBarrier();
    if (start + lane < params.groups) {
      let input = staged_group(lane);
      let input_sum = group_sum(input);
      sums += vec4<f32>(
        weights_dot(at.x, input, input_sum), weights_dot(at.y, input, input_sum),
        weights_dot(at.z, input, input_sum), weights_dot(at.w, input, input_sum));
    }
    at += LANES;
    workgroupBarrier();
  }

  sum_lanes(sums, thread, lane);
  var scale = 1.0;
  if (NORMED) {
    scale = inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
  }

  let output = first + lane;
  if (lane >= outputs || output >= params.rows) {
    return;
  }
  let team_start = team * LANES;
  let value = parts[team_start][lane] * scale + bias_of(weight_row(first, lane));
  if (is_gated) {
    let up = parts[team_start][lane + 2u] * scale + bias_of(weight_row(first, lane + 2u));
    write_y(params.yOffset + output, soft_cap(params.outScale * gated(value, up), params.softCap));
  } else {
    write_y(params.yOffset + output, soft_cap(params.outScale * value, params.softCap));
  }
}
