// Row of W of the k-th of some sums whose first output is `first`: neighbours, or where
// gated `half` gates and then their ups. Past the end, a row that exists.
fn weight_row(first: u32, k: u32, half: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + k % half, last) + (k / half) * params.rows;
  }
  return min(first + k, last);
}

// Of the four sums a thread or a team makes.
fn four_rows(first: u32) -> vec4<u32> {
  return vec4<u32>(
    weight_row(first, 0u, 2u), weight_row(first, 1u, 2u), weight_row(first, 2u, 2u), weight_row(first, 3u, 2u));
}
