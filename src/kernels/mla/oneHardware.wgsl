// Rows of one head times one vector. LANES neighbouring threads share four rows, each
// reading the group beside its neighbour's; the rows a workgroup reads at a time follow
// one another, so short rows too arrive in whole cache lines.
const TILE_TOKENS = 1u;
override LANES: u32; // at least 4
override TEAMS: u32;
override THREADS = LANES * TEAMS; // a power of two

// Vec4 i of each group; the odd stride keeps stores off each other's banks.
const STRIDE = 17u; // groups of the longest vector, and one
var<workgroup> staged: array<vec4<f32>, 8u * STRIDE>;
var<workgroup> parts: array<vec4<f32>, THREADS>;

fn staged_group(g: u32) -> Group {
  return Group(
    staged[g], staged[g + STRIDE], staged[g + 2u * STRIDE], staged[g + 3u * STRIDE],
    staged[g + 4u * STRIDE], staged[g + 5u * STRIDE], staged[g + 6u * STRIDE], staged[g + 7u * STRIDE]);
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  let head = workgroup.y;
  for (var v = thread; v < params.groups * 8u; v += THREADS) {
    staged[(v & 7u) * STRIDE + (v >> 3u)] = input_quad(0u, head, v);
  }
  workgroupBarrier();

  let lane = thread % LANES;
  let team = thread / LANES;
  let first = workgroup.x * 4u * TEAMS + team;
  let row = min(first + TEAMS * vec4(0u, 1u, 2u, 3u), vec4(head_rows() - 1u));
  let at = (head * head_rows() + row) * params.groups;
  var sums = vec4(0.0);
  for (var g = lane; g < params.groups; g += LANES) {
    sums += four_dots(at + g, staged_group(g));
  }
  parts[thread] = sums;
  workgroupBarrier();

  let output = first + lane * TEAMS;
  if (lane >= 4u || output >= head_rows()) {
    return;
  }
  var sum = 0.0;
  for (var other = team * LANES; other < (team + 1u) * LANES; other++) {
    sum += parts[other][lane];
  }
  write_output(0u, head, output, sum * output_scale(0u));
}
