// (scale, offset) of a group: f16 s, f16 z with w = s * (q - z), a whole number z.
fn scale_of(group: u32) -> vec2<f32> {
  let pair = scales[group];
  let s = half_value(pair);
  return vec2<f32>(s, -s * half_value(pair >> 16u));
}
