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

// Output r of an entry, from its sum and, where gated, the sum of its up.
fn write_output(part: Part, entry: u32, r: u32, sum: f32, up: f32) {
  let weight = input_weight(entry);
  var value = sum * weight + bias_of(part.bias + r);
  if (GATE != 0u) {
    value = gated(value, up * weight + bias_of(part.bias + params.rows + r));
  }
  write_y(entry * params.yStride + r, value);
}
