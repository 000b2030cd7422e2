// w = (d * sc) * q - dmin * mn: f16 d, f16 dmin per 256 columns, u8 sc[16], u8 mn[16],
// one of each for every 16, so two in a group.
struct HalfScales { scale: vec2<f32>, offset: vec2<f32> }

fn scales_of(group: u32) -> HalfScales {
  let block = (group >> 3u) * 9u;
  let word = (group & 7u) >> 1u;
  let shift = (group & 1u) * 16u;
  let levels = scales[block];
  let scale = vec2<f32>(unpack4xU8(scales[block + 1u + word] >> shift).xy);
  let offset = vec2<f32>(unpack4xU8(scales[block + 5u + word] >> shift).xy);
  return HalfScales(half_value(levels) * scale, -half_value(levels >> 16u) * offset);
}

fn weights_of(group: u32) -> Group {
  let s = scales_of(group);
  let q = quants_of(group);
  let low = affine(q, s.scale.x, s.offset.x);
  let high = affine(q, s.scale.y, s.offset.y);
  return Group(low.v0, low.v1, low.v2, low.v3, high.v4, high.v5, high.v6, high.v7);
}

fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  let s = scales_of(group);
  let q = quants_of(group);
  let low_sum = across(x.v0 + x.v1 + x.v2 + x.v3);
  let high_sum = across(x.v4 + x.v5 + x.v6 + x.v7);
  return s.scale.x * low_dot(q, x) + s.offset.x * low_sum + (s.scale.y * high_dot(q, x) + s.offset.y * high_sum);
}
