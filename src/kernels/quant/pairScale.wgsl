// (scale, offset) of a group: f16 s, f16 m with w = s * q + m.
fn scale_of(group: u32) -> vec2<f32> {
  let pair = scales[group];
  return vec2<f32>(half_value(pair), half_value(pair >> 16u));
}
