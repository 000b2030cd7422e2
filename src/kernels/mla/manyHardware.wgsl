// Rows of one head times that head's vectors of a chunk. A workgroup makes 64 sums for
// each of 32 tokens, 32 columns at a time, in 12 KB; a thread holds 8 rows by 4 tokens.
// A row's columns are summed in order, wherever it and the token lie in the tile.
const THREADS = 64u;
const TILE_ROWS = 64u;
const TILE_TOKENS = 32u;

// [64 rows][8] and [32 tokens][8], quads of columns. Quad q of row r lies at q ^ (r & 7),
// so that neighbouring rows are in different banks.
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

fn copy_inputs(head: u32, first_token: u32, group: u32, thread: u32) {
  for (var item = thread; item < TILE_TOKENS * 8u; item += THREADS) {
    let place = item / 8u;
    let q = item % 8u;
    let token = min(first_token + place, step.tokens - 1u);
    x_tile[place * 8u + (q ^ (place & 7u))] = input_quad(token, head, group * 8u + q);
  }
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  let head = workgroup.y;
  let first = workgroup.x * TILE_ROWS;
  let first_token = workgroup.z * TILE_TOKENS;
  let row = head * head_rows() + min(first + thread, head_rows() - 1u);

  let r = thread % 8u; // its rows are r + 8 i
  let t = thread / 8u; // its tokens t + 8 j
  var a0 = vec4(0.0);
  var a1 = vec4(0.0);
  var a2 = vec4(0.0);
  var a3 = vec4(0.0);
  var a4 = vec4(0.0);
  var a5 = vec4(0.0);
  var a6 = vec4(0.0);
  var a7 = vec4(0.0);
  for (var group = 0u; group < params.groups; group++) {
    copy_weights(row, thread, group);
    copy_inputs(head, first_token, group, thread);
    workgroupBarrier();
    for (var q = 0u; q < 8u; q++) {
      let tokens_at = t * 8u + (q ^ t);
      let tokens = mat4x4<f32>(
        x_tile[tokens_at], x_tile[tokens_at + 64u], x_tile[tokens_at + 128u], x_tile[tokens_at + 192u]);
      let at = r * 8u + (q ^ r);
      a0 += w_tile[at] * tokens;
      a1 += w_tile[at + 64u] * tokens;
      a2 += w_tile[at + 128u] * tokens;
      a3 += w_tile[at + 192u] * tokens;
      a4 += w_tile[at + 256u] * tokens;
      a5 += w_tile[at + 320u] * tokens;
      a6 += w_tile[at + 384u] * tokens;
      a7 += w_tile[at + 448u] * tokens;
    }
    workgroupBarrier();
  }

  var sums = array<vec4<f32>, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
  for (var j = 0u; j < 4u; j++) {
    let token = first_token + t + 8u * j;
    if (token < step.tokens) {
      let scale = output_scale(token);
      for (var i = 0u; i < 8u; i++) {
        let output = first + r + 8u * i;
        if (output < head_rows()) {
          write_output(token, head, output, sums[i][j] * scale);
        }
      }
    }
  }
}
