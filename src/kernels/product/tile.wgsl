// A workgroup makes 64 rows' sums for each of TILE_TOKENS vectors, 32 columns at a time;
// a thread holds 8 rows by 4 vectors. A row's columns are summed in order, wherever it
// and the vector lie in the tile. A kernel adds
//   TILE_TOKENS              and 2 threads for each of them
//   struct Vectors           where the tile's vectors are
//   copy_group(row, vectors, group, thread)   fills both tiles with a group of 32 columns
const TILE_ROWS = 64u;
const ROW_STEP = 8u; // a thread's rows are this far apart
const TOKEN_STEP = TILE_TOKENS / 4u; // and its vectors this

// [64 rows][8] and [TILE_TOKENS][8], quads of columns. Quad q of row r lies at q ^ (r & 7),
// so that neighbouring rows are in different banks; there is no room for padding.
var<workgroup> w_tile: array<vec4<f32>, TILE_ROWS * 8u>;
var<workgroup> x_tile: array<vec4<f32>, TILE_TOKENS * 8u>;

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

// [i][j]: of the tile's row thread % ROW_STEP + i * ROW_STEP and its vector
// thread / ROW_STEP + j * TOKEN_STEP. `row` is the row of W this thread copies.
fn tile_sums(row: u32, vectors: Vectors, thread: u32) -> array<vec4<f32>, 8> {
  let r = thread % ROW_STEP;
  let t = thread / ROW_STEP;
  var a0 = vec4<f32>(0.0);
  var a1 = vec4<f32>(0.0);
  var a2 = vec4<f32>(0.0);
  var a3 = vec4<f32>(0.0);
  var a4 = vec4<f32>(0.0);
  var a5 = vec4<f32>(0.0);
  var a6 = vec4<f32>(0.0);
  var a7 = vec4<f32>(0.0);
  for (var group = 0u; group < params.groups; group++) {
    copy_group(row, vectors, group, thread);
    workgroupBarrier();
    for (var q = 0u; q < 8u; q++) {
      let x_at = t * 8u + (q ^ (t & 7u));
      let x = mat4x4<f32>(
        x_tile[x_at], x_tile[x_at + TOKEN_STEP * 8u],
        x_tile[x_at + TOKEN_STEP * 16u], x_tile[x_at + TOKEN_STEP * 24u]);
      let at = r * 8u + (q ^ r);
      a0 += w_tile[at] * x;
      a1 += w_tile[at + 64u] * x;
      a2 += w_tile[at + 128u] * x;
      a3 += w_tile[at + 192u] * x;
      a4 += w_tile[at + 256u] * x;
      a5 += w_tile[at + 320u] * x;
      a6 += w_tile[at + 384u] * x;
      a7 += w_tile[at + 448u] * x;
    }
    workgroupBarrier();
  }
  return array<vec4<f32>, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
}
