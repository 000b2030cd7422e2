// Element `index` of a plane of halves.
fn scale_half(index: u32) -> f32 {
  return half_value(scales[index >> 1u] >> ((index & 1u) * 16u));
}
