// w = s * (q - 8), f16 s per group: (scale, offset).
fn scale_of(group: u32) -> vec2<f32> {
  let s = step_of(group);
  return vec2<f32>(s, -8.0 * s);
}
