// w = s * q, f16 s per group.
fn weights_of(group: u32) -> Group {
  return affine(quants_of(group), scale_half(group), 0.0);
}

fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  return scale_half(group) * group_dot(quants_of(group), x);
}
