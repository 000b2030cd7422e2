// A workgroup makes 64 sums for each of the 32 entries of a tile, 32 columns at a time:
// a thread unpacks a weight group and copies a quad of columns of each of four entries,
// then holds 8 rows by 4 entries. Gated, the 64 rows are 32 gates and their 32 ups.
// A row's columns are summed in order, wherever it and the entry lie in the tile.
const ROWS = 64u;
const ENTRIES = 32u;
const STEP = 8u; // a thread's rows, and its entries, are this far apart

// [64 rows][8] and [32 entries][8], quads of columns. Quad q of row r lies at q ^ (r & 7),
// so that neighbouring rows are in different banks.
var<workgroup> w_tile: array<vec4<f32>, 512>;
var<workgroup> x_tile: array<vec4<f32>, 256>;

fn copy_weights(row: u32, place: u32, group: u32) {
  let w = weights_of(row * params.groups + group);
  let at = place * 8u;
  let turn = place & 7u;
  w_tile[at + turn] = w.v0;
  w_tile[at + (1u ^ turn)] = w.v1;
  w_tile[at + (2u ^ turn)] = w.v2;
  w_tile[at + (3u ^ turn)] = w.v3;
  w_tile[at + (4u ^ turn)] = w.v4;
  w_tile[at + (5u ^ turn)] = w.v5;
  w_tile[at + (6u ^ turn)] = w.v6;
  w_tile[at + (7u ^ turn)] = w.v7;
}

// Quad of x where the row of the tile's entry `place` begins; past the end, one that exists.
fn input_start(part: Part, place: u32) -> u32 {
  return input_row(order[part.first + min(place, part.count - 1u)]) * (params.xStride / 4u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let part = part_of(workgroup.y);
  if (part.count == 0u) {
    return;
  }
  let is_gated = GATE != 0u;
  let first = workgroup.x * select(ROWS, ROWS / 2u, is_gated);
  let row = part.row + weight_row(first, thread, ROWS / 2u);

  let r = thread % STEP;
  let e = thread / STEP;
  // The quads this thread copies: the r-th of entries e, e + 8, e + 16 and e + 24.
  let sources = r + vec4<u32>(
    input_start(part, e), input_start(part, e + 8u), input_start(part, e + 16u), input_start(part, e + 24u));
  let to = e * 8u + (r ^ e);
  var a0 = vec4<f32>(0.0);
  var a1 = vec4<f32>(0.0);
  var a2 = vec4<f32>(0.0);
  var a3 = vec4<f32>(0.0);
  var a4 = vec4<f32>(0.0);
  var a5 = vec4<f32>(0.0);
  var a6 = vec4<f32>(0.0);
  var a7 = vec4<f32>(0.0);
  for (var group = 0u; group < params.groups; group++) {
    copy_weights(row, thread, group);
    x_tile[to] = x[sources.x + group * 8u];
    x_tile[to + 64u] = x[sources.y + group * 8u];
    x_tile[to + 128u] = x[sources.z + group * 8u];
    x_tile[to + 192u] = x[sources.w + group * 8u];
    workgroupBarrier();
    for (var q = 0u; q < 8u; q++) {
      let entries_at = e * 8u + (q ^ e);
      let entries = mat4x4<f32>(
        x_tile[entries_at], x_tile[entries_at + 64u], x_tile[entries_at + 128u], x_tile[entries_at + 192u]);
      let at = r * 8u + (q ^ r);
      a0 += w_tile[at] * entries;
      a1 += w_tile[at + 64u] * entries;
      a2 += w_tile[at + 128u] * entries;
      a3 += w_tile[at + 192u] * entries;
      a4 += w_tile[at + 256u] * entries;
      a5 += w_tile[at + 320u] * entries;
      a6 += w_tile[at + 384u] * entries;
      a7 += w_tile[at + 448u] * entries;
    }
    workgroupBarrier();
  }

  var sums = array<vec4<f32>, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
  for (var i = 0u; i < select(8u, 4u, is_gated); i++) {
    let output = first + r + i * STEP;
    for (var j = 0u; j < 4u; j++) {
      let place = e + j * STEP;
      if (output < params.rows && place < part.count) {
        write_output(part, order[part.first + place], output, sums[i][j], sums[(i + 4u) % 8u][j]);
      }
    }
  }
}
