// Rows of one head times that head's vectors of a chunk: a tile of 64 rows and 32 tokens,
// in 12 KB. A thread unpacks a weight group and copies a quad of columns of each of four
// tokens, the r-th of tokens t, t + 8, t + 16 and t + 24.
const THREADS = 64u;
const TILE_TOKENS = 32u;

struct Vectors {
  head: u32,
  first_token: u32,
}

fn copy_group(row: u32, vectors: Vectors, group: u32, thread: u32) {
  copy_weights(row, thread, group);
  for (var item = thread; item < TILE_TOKENS * 8u; item += THREADS) {
    let place = item / 8u;
    let q = item % 8u;
    let token = min(vectors.first_token + place, step.tokens - 1u);
    x_tile[place * 8u + (q ^ (place & 7u))] = input_quad(token, vectors.head, group * 8u + q);
  }
}

fn head_product(workgroup: vec3<u32>, thread: u32) {
  let head = workgroup.y;
  let first = workgroup.x * TILE_ROWS;
  let first_token = workgroup.z * TILE_TOKENS;
  let row = head * head_rows() + min(first + thread, head_rows() - 1u);
  var sums = tile_sums(row, Vectors(head, first_token), thread);

  for (var j = 0u; j < 4u; j++) {
    let token = first_token + thread / ROW_STEP + j * TOKEN_STEP;
    if (token < step.tokens) {
      let scale = output_scale(token);
      for (var i = 0u; i < 8u; i++) {
        let output = first + thread % ROW_STEP + i * ROW_STEP;
        if (output < head_rows()) {
          write_output(token, head, output, sums[i][j] * scale);
        }
      }
    }
  }
}
