// What a workgroup works on: a tile of entries that chose one expert, and that expert's
// rows of W. An entry is a token's k-th expert: token * perToken + k.
override PER_ENTRY: bool = false; // x has a row for each entry, not for each token

struct Part {
  first: u32, // in order
  count: u32,
  row: u32, // first row of W
  bias: u32, // and of the bias
}

// Tiles whose slot lies in another binding of the pool have no entries here.
fn part_of(index: u32) -> Part {
  let tile = tiles[index]; // id, slot, first, count
  let slot = tile.y - params.slotBase;
  let matrix_rows = params.rows * select(1u, 2u, GATE != 0u);
  return Part(tile.z, select(0u, tile.w, slot < params.slotCount), slot * matrix_rows, tile.x * matrix_rows);
}

// Row of x for an entry.
fn input_row(entry: u32) -> u32 {
  return select(entry / params.perToken, entry, PER_ENTRY);
}

// Row of W, counted from the expert's first, of place k among a thread's or a tile's, half
// of which are the ups of the other half where gated; past the end, a row that exists.
fn weight_row(first: u32, k: u32, half: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + k % half, last) + (k / half) * params.rows;
  }
  return min(first + k, last);
}

// Output r of an entry, from its sum and, where gated, the sum of its up.
fn write_output(part: Part, entry: u32, r: u32, sum: f32, up: f32) {
  let weight = input_weight(entry);
  var value = sum * weight + bias_of(part.bias + r);
  if (GATE != 0u) {
    value = gated(value, up * weight + bias_of(part.bias + params.rows + r));
  }
  write_y(entry * params.yStride + r, value);
}
