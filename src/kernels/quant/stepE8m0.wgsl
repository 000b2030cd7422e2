// The scale of a group is 2^(e - 127) for a byte e, NaN for 255. It is halved here, as
// e2m1.wgsl reads its nibbles doubled; the two scales (e < 2) that this leaves subnormal are 0.
fn step_of(group: u32) -> f32 {
  let e = (scales[group >> 2u] >> ((group & 3u) * 8u)) & 0xffu;
  return bitcast<f32>(select((max(e, 1u) - 1u) << 23u, 0x7fc00000u, e == 0xffu));
}
