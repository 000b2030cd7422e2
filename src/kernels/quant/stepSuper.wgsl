// The scale of a group is d * sc: f16 d per 256 columns (its word's other half is 0),
// i8 sc per group.
fn step_of(group: u32) -> f32 {
  let block = (group >> 3u) * 3u;
  let steps = bitcast<i32>(scales[block + 1u + ((group & 7u) >> 2u)]);
  return half_value(scales[block]) * f32(extractBits(steps, (group & 3u) * 8u, 8u));
}
