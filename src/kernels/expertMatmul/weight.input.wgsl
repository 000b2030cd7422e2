// The router's weight multiplies the expert's input, and so the sums.
fn input_weight(entry: u32) -> f32 {
  return bitcast<f32>(routes[entry].y);
}
