// A tile of 64 rows of an expert and 32 of its entries: a thread unpacks a weight group and
// copies a quad of columns of each of four entries, the r-th of entries e, e + 8, e + 16
// and e + 24. Gated, the 64 rows are 32 gates and their 32 ups.
const TILE_TOKENS = 32u;

struct Vectors {
  quads: vec4<u32>, // where those four lie in x
}

fn copy_group(row: u32, vectors: Vectors, group: u32, thread: u32) {
  copy_weights(row, thread, group);
  let r = thread % 8u;
  let e = thread / 8u;
  let to = e * 8u + (r ^ e);
  x_tile[to] = x[vectors.quads.x + group * 8u];
  x_tile[to + 64u] = x[vectors.quads.y + group * 8u];
  x_tile[to + 128u] = x[vectors.quads.z + group * 8u];
  x_tile[to + 192u] = x[vectors.quads.w + group * 8u];
}

// Quad of x where the row of the tile's entry `place` begins; past the end, one that exists.
fn input_start(part: Part, place: u32) -> u32 {
  return input_row(order[part.first + min(place, part.count - 1u)]) * (params.xStride / 4u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let part = part_of(workgroup.y);
  if (part.count == 0u) {
    return;
  }
  let is_gated = GATE != 0u;
  let first = workgroup.x * select(TILE_ROWS, TILE_ROWS / 2u, is_gated);
  let row = part.row + weight_row(first, thread, TILE_ROWS / 2u);
  let e = thread / 8u;
  let vectors = Vectors(thread % 8u + vec4<u32>(
    input_start(part, e), input_start(part, e + 8u), input_start(part, e + 16u), input_start(part, e + 24u)));
  var sums = tile_sums(row, vectors, thread);

  for (var i = 0u; i < select(8u, 4u, is_gated); i++) {
    let output = first + thread % ROW_STEP + i * ROW_STEP;
    for (var j = 0u; j < 4u; j++) {
      let place = thread / ROW_STEP + j * TOKEN_STEP;
      if (output < params.rows && place < part.count) {
        write_output(part, order[part.first + place], output, sums[i][j], sums[(i + 4u) % 8u][j]);
      }
    }
  }
}
