// A tile of 64 rows and 64 tokens: half of the threads unpack a weight group each, the
// other half copy a token's. Gated, the 64 rows are 32 gates and their 32 ups.
const TILE_TOKENS = 64u;

struct Vectors {
  token: u32, // the one this thread copies
}

fn copy_group(row: u32, vectors: Vectors, group: u32, thread: u32) {
  let place = thread % TILE_ROWS;
  if (thread < TILE_ROWS) {
    copy_weights(row, place, group);
  } else {
    copy_token(vectors.token, place, group);
  }
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
  let first = tile.x * select(TILE_ROWS, TILE_ROWS / 2u, is_gated);
  let first_token = tile.y * TILE_TOKENS;
  let place = thread % TILE_ROWS;
  let vectors = Vectors(min(first_token + place, step.tokens - 1u));
  var sums = tile_sums(weight_row(first, place, TILE_ROWS / 2u), vectors, thread);

  for (var i = 0u; i < select(8u, 4u, is_gated); i++) {
    let output = first + thread % ROW_STEP + i * ROW_STEP;
    for (var j = 0u; j < 4u; j++) {
      let token = first_token + thread / ROW_STEP + j * TOKEN_STEP;
      if (output < params.rows && token < step.tokens) {
        write_output(token, output, sums[i][j], sums[(i + 4u) % 8u][j]);
      }
    }
  }
}
