// A thread makes four rows' sums for each of up to 16 vectors, with no workgroup memory
// and no barrier: what an emulator on a CPU runs fastest. A weight is unpacked once for
// the 16 vectors, an input read once for four rows. Loops stay loops: such adapters
// compile slowly. A kernel adds
//   input_group(t, g) -> Group   32 columns, from g * 32 on, of the thread's t-th vector
const TILE_TOKENS = 16u;

// [t][k]: of the k-th row and the t-th of `count` vectors.
fn tile_sums(rows: vec4<u32>, count: u32) -> array<vec4<f32>, TILE_TOKENS> {
  var sums: array<vec4<f32>, TILE_TOKENS>;
  for (var g = 0u; g < params.groups; g++) {
    let at = rows * params.groups + g;
    let w0 = weights_of(at.x);
    let w1 = weights_of(at.y);
    let w2 = weights_of(at.z);
    let w3 = weights_of(at.w);
    for (var t = 0u; t < count; t++) {
      let input = input_group(t, g);
      sums[t] += vec4<f32>(
        group_dot(w0, input), group_dot(w1, input), group_dot(w2, input), group_dot(w3, input));
    }
  }
  return sums;
}
