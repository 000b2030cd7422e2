// w = (d * sc) * q: f16 d per 256 columns, i8 sc for every 16, so two in a group.
fn scales_of(group: u32) -> vec2<f32> {
  let block = (group >> 3u) * 5u;
  let steps = scales[block + 1u + ((group & 7u) >> 1u)] >> ((group & 1u) * 16u);
  return half_value(scales[block]) * vec2<f32>(unpack4xI8(steps).xy);
}

fn weights_of(group: u32) -> Group {
  let q = quants_of(group);
  let s = scales_of(group);
  return Group(
    q.v0 * s.x, q.v1 * s.x, q.v2 * s.x, q.v3 * s.x,
    q.v4 * s.y, q.v5 * s.y, q.v6 * s.y, q.v7 * s.y);
}

fn weights_dot(group: u32, x: Group, x_sum: f32) -> f32 {
  let q = quants_of(group);
  let s = scales_of(group);
  return s.x * low_dot(q, x) + s.y * high_dot(q, x);
}
