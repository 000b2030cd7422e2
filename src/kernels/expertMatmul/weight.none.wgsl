fn input_weight(entry: u32) -> f32 {
  return 1.0;
}
