// Rows are the heads of one token; a workgroup sees one slice of the context.
// A slice is no shorter, and a whole number of tiles of keys.
const MIN_SLICE = 32u;

fn row_count() -> u32 {
  return params.heads;
}

// The last position a row sees.
fn position_of(row: u32) -> u32 {
  return step.position;
}

fn query_at(row: u32) -> u32 {
  return row * (params.kvRank + params.ropeDim) / 4u;
}

// Positions [x, y) that the slice holds.
fn slice_of(split: u32) -> vec2<u32> {
  let each = (step.position + params.splits) / params.splits;
  let slice = (each + MIN_SLICE - 1u) / MIN_SLICE * MIN_SLICE;
  return vec2(split * slice, min((split + 1u) * slice, step.position + 1u));
}

fn record_of(row: u32, split: u32) -> u32 {
  return (row * params.splits + split) * (params.kvRank / 4u + 1u);
}

fn write_head(row: u32, split: u32, highest: f32, total: f32) {
  partials[record_of(row, split)] = vec4(select(0.0, highest, total > 0.0), total, 0.0, 0.0);
}

fn write_quad(row: u32, split: u32, quad: u32, sum: vec4<f32>, total: f32) {
  partials[record_of(row, split) + 1u + quad] = sum;
}
