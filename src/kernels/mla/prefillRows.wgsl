// Rows are the heads of the first token, then those of the next; all see the context
// from its beginning.
fn row_count() -> u32 {
  return step.tokens * params.heads;
}

// The last position a row sees.
fn position_of(row: u32) -> u32 {
  return step.position + row / params.heads;
}

// Positions [x, y) to look at: the y-th is hidden from all rows.
fn slice_of(split: u32) -> vec2<u32> {
  return vec2(0u, step.position + step.tokens);
}

// Quads of a row's sums in `z`.
fn sums_at(row: u32, split: u32) -> u32 {
  let head = row % params.heads;
  return (row / params.heads * params.zStride + head * params.kvRank) / 4u;
}

fn load_sum(at: u32) -> vec4<f32> {
  return z[at];
}

fn store_sum(at: u32, sum: vec4<f32>) {
  z[at] = sum;
}

// What finished sums are divided by.
fn divisor(total: vec4<f32>) -> vec4<f32> {
  return total;
}

fn close_row(row: u32, split: u32, highest: f32, total: f32) {}
