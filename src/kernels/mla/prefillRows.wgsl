// Rows are the heads of the first token, then those of the next; all see the context
// from its beginning.
fn row_count() -> u32 {
  return step.tokens * params.heads;
}

// The last position a row sees.
fn position_of(row: u32) -> u32 {
  return step.position + row / params.heads;
}

fn query_at(row: u32) -> u32 {
  let head = row % params.heads;
  return (row / params.heads * params.queryStride + head * (params.kvRank + params.ropeDim)) / 4u;
}

// Positions [x, y) to look at: the y-th is hidden from all rows.
fn slice_of(split: u32) -> vec2<u32> {
  return vec2(0u, step.position + step.tokens);
}

fn write_head(row: u32, split: u32, highest: f32, total: f32) {}

fn write_quad(row: u32, split: u32, quad: u32, sum: vec4<f32>, total: f32) {
  let head = row % params.heads;
  z[(row / params.heads * params.zStride + head * params.kvRank) / 4u + quad] = sum / total;
}
