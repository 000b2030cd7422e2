// Weights with a scale and an offset per group: the offset leaves the sum over the
// group, so it costs one multiplication instead of 32.
fn weights_of(group: u32) -> Group {
  let scale = scale_of(group);
  return affine(quants_of(group), scale.x, scale.y);
}

fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  let scale = scale_of(group);
  return scale.x * group_dot(quants_of(group), x) + scale.y * x_sum;
}
