// LANES neighbouring threads share four rows, each reading the 32-column group beside
// its neighbour's, so that a row's words arrive in whole cache lines. TEAMS such teams
// share the input, which is staged LANES groups at a time; the squares for a norm are
// summed as they pass. A kernel adds
//   source_of(v) -> u32   where vec4 v of its input lies in x
// and the prologue what becomes of it.
override LANES: u32 = 32u; // a power of two
override TEAMS: u32 = 2u; // a power of two
override THREADS: u32 = LANES * TEAMS;

// [8][LANES + 1]: vec4 i of each group; the odd stride keeps stores off each other's banks.
var<workgroup> staged: array<vec4<f32>, 8u * (LANES + 1u)>;
var<workgroup> parts: array<vec4<f32>, THREADS>;

// Stages groups start..start+LANES of an input of `groups`; the sum of their squares.
fn stage(start: u32, groups: u32, thread: u32) -> f32 {
  var squares = 0.0;
  for (var i = thread; i < LANES * 8u; i += THREADS) {
    let v = start * 8u + i;
    if (v < groups * 8u) {
      let value = input_at(source_of(v));
      squares += dot(value, value);
      keep_input(v, value);
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

// Leaves the four sums of a team's rows in the part of its first thread, and returns the
// thread's share of the sum of squares.
fn team_sums(rows: vec4<u32>, thread: u32) -> f32 {
  let lane = thread % LANES;
  var at = rows * params.groups + lane;
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
  return squares;
}

// Leaves the sums of a team's threads in the part of its first.
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
