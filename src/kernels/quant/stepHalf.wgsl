// The scale of a group is a f16.
fn step_of(group: u32) -> f32 {
  return half_value(scales[group >> 1u] >> ((group & 1u) * 16u));
}
