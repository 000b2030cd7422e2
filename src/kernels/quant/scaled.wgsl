// w = s * q, one s for the group.
fn weights_of(group: u32) -> Group {
  return affine(quants_of(group), step_of(group), 0.0);
}

fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  return step_of(group) * group_dot(quants_of(group), x);
}
