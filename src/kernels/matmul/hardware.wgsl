// A workgroup makes 64 sums for each of 64 tokens, 32 columns at a time: half of its
// threads unpack a weight group each, the other half copy a token's. A thread then
// holds 8 rows by 4 tokens. Gated, the 64 rows are 32 gates and their 32 ups.
// A row's columns are summed in order, wherever it and the token lie in the tile.
const TILE = 64u;
const ROW_STEP = 8u; // a thread's rows are this far apart
const TOKEN_STEP = 16u; // and its tokens this

// [64 rows][8] and [64 tokens][8], quads of columns. Quad q of row r lies at q ^ (r & 7),
// so that neighbouring rows are in different banks; there is no room for padding.
var<workgroup> w_tile: array<vec4<f32>, 512>;
var<workgroup> x_tile: array<vec4<f32>, 512>;

// Row of W in place `place` of the tile whose first output is `first`; past the end, one that exists.
fn weight_row(first: u32, place: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + (place & 31u), last) + (place >> 5u) * params.rows;
  }
  return min(first + place, last);
}

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

fn copy_token(token: u32, place: u32, group: u32) {
  let source = token * (params.xStride / 4u) + group * 8u;
  for (var q = 0u; q < 8u; q++) {
    x_tile[place * 8u + (q ^ (place & 7u))] = x[source + q];
  }
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) tile: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let is_gated = GATE != 0u;
  let first = tile.x * select(TILE, TILE / 2u, is_gated);
  let first_token = tile.y * TILE;
  let place = thread % TILE;
  let row = weight_row(first, place);
  let token = min(first_token + place, step.tokens - 1u);

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
    if (thread < TILE) {
      copy_weights(row, place, group);
    } else {
      copy_token(token, place, group);
    }
    workgroupBarrier();
    for (var q = 0u; q < 8u; q++) {
      let tokens_at = t * 8u + (q ^ (t & 7u));
      let tokens = mat4x4<f32>(
        x_tile[tokens_at], x_tile[tokens_at + 128u], x_tile[tokens_at + 256u], x_tile[tokens_at + 384u]);
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
  for (var i = 0u; i < select(8u, 4u, is_gated); i++) {
    let output = first + r + i * ROW_STEP;
    for (var j = 0u; j < 4u; j++) {
      let at = first_token + t + j * TOKEN_STEP;
      if (output < params.rows && at < step.tokens) {
        var value = sums[i][j] + bias_of(output);
        if (is_gated) {
          value = gated(value, sums[i + 4u][j] + bias_of(params.rows + output));
        }
        write_y(at * params.yStride + params.yOffset + output, soft_cap(params.outScale * value, params.softCap));
      }
    }
  }
}
