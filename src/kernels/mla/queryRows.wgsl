// Where the query of a row lies: rows are the heads of the first token, then those of the next.
fn query_at(row: u32) -> u32 {
  let head = row % params.heads;
  return (row / params.heads * params.queryStride + head * (params.kvRank + params.ropeDim)) / 4u;
}
