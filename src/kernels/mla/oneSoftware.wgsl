// Rows of one head times one vector: a thread makes four sums by itself, reading its
// rows from end to end, which is what an emulator on a CPU runs fastest.
const TILE_TOKENS = 1u;
override THREADS: u32;
override STAGED: u32; // vec4 of a vector

var<workgroup> staged: array<vec4<f32>, STAGED>;

fn staged_group(v: u32) -> Group {
  return Group(
    staged[v], staged[v + 1u], staged[v + 2u], staged[v + 3u],
    staged[v + 4u], staged[v + 5u], staged[v + 6u], staged[v + 7u]);
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  let head = workgroup.y;
  for (var v = thread; v < params.groups * 8u; v += THREADS) {
    staged[v] = input_quad(0u, head, v);
  }
  workgroupBarrier();

  let first = 4u * (workgroup.x * THREADS + thread);
  if (first >= head_rows()) {
    return;
  }
  let at = (head * head_rows() + first + vec4(0u, 1u, 2u, 3u)) * params.groups;
  var sums = vec4(0.0);
  for (var g = 0u; g < params.groups; g++) {
    sums += four_dots(at + g, staged_group(g * 8u));
  }
  sums *= output_scale(0u);
  for (var k = 0u; k < 4u; k++) {
    write_output(0u, head, first + k, sums[k]);
  }
}
