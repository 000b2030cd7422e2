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

// Positions [x, y) that the slice holds.
fn slice_of(split: u32) -> vec2<u32> {
  let each = (step.position + params.splits) / params.splits;
  let slice = (each + MIN_SLICE - 1u) / MIN_SLICE * MIN_SLICE;
  return vec2(split * slice, min((split + 1u) * slice, step.position + 1u));
}

// Quads of a row's sums in `partials`: a record begins with (highest, total, 0, 0).
fn sums_at(row: u32, split: u32) -> u32 {
  return (row * params.splits + split) * (params.kvRank / 4u + 1u) + 1u;
}

fn load_sum(at: u32) -> vec4<f32> {
  return partials[at];
}

fn store_sum(at: u32, sum: vec4<f32>) {
  partials[at] = sum;
}

// What finished sums are divided by.
fn divisor(total: vec4<f32>) -> vec4<f32> {
  return vec4(1.0);
}

fn close_row(row: u32, split: u32, highest: f32, total: f32) {
  partials[sums_at(row, split) - 1u] = vec4(select(0.0, highest, total > 0.0), total, 0.0, 0.0);
}
