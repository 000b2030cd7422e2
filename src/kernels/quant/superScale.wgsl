// (scale, offset) of a group whose super-block of 256 holds f16 d, f16 dmin, u8 sc[8],
// u8 mn[8]: w = (d * sc) * q - dmin * mn.
fn scale_of(group: u32) -> vec2<f32> {
  let block = (group >> 3u) * 5u;
  let part = (group & 7u) >> 2u;
  let shift = (group & 3u) * 8u;
  let steps = vec2<u32>(scales[block + 1u + part], scales[block + 3u + part]);
  let step = vec2<f32>((steps >> vec2<u32>(shift)) & vec2<u32>(0xffu));
  let levels = scales[block];
  return vec2<f32>(half_value(levels) * step.x, -half_value(levels >> 16u) * step.y);
}
