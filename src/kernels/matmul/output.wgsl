// Output r of a token, from its sum and, where gated, the sum of its up.
fn write_output(token: u32, r: u32, sum: f32, up: f32) {
  var value = sum + bias_of(r);
  if (GATE != 0u) {
    value = gated(value, up + bias_of(params.rows + r));
  }
  write_y(token * params.yStride + params.yOffset + r, soft_cap(params.outScale * value, params.softCap));
}
