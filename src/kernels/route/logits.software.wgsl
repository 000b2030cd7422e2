// A thread sums four experts at a time by itself.
// Leaves router · (x * normWeight) in `logits` and returns the sum of x's squares.
fn sum_rows(start_of_x: u32, thread: u32) -> f32 {
  let count = router_rows();
  for (var first = thread * 4u; first < count; first += THREADS * 4u) {
    let rows = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(count - 1u));
    let sums = serial_sums(rows, start_of_x);
    let made = min(4u, count - first);
    for (var k = 0u; k < made; k++) {
      logits[first + k] = sums[k];
    }
  }
  return input_squares(start_of_x, thread);
}
