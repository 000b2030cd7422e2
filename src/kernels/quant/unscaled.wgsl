fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  return group_dot(weights_of(group), x);
}
