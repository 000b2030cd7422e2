// (scale, offset) of a group: bf16 s, bf16 m with w = s * q + m.
fn scale_of(group: u32) -> vec2<f32> {
  let pair = scales[group];
  return bitcast<vec2<f32>>(vec2<u32>(pair << 16u, pair & 0xffff0000u));
}
