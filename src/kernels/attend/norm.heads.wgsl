// RMSNorm over each head of q and k. `factor` is 1 over the root mean square of
// the head that begins at `base`.
const NORMED = true;

fn norm_factor(square_sum: f32) -> f32 {
  return inverseSqrt(square_sum / f32(HEAD_DIM) + params.eps);
}

fn normed(base: u32, channel: u32, factor: f32, is_key: bool) -> f32 {
  var weight = qNorm[channel];
  if (is_key) {
    weight = kNorm[channel];
  }
  return qkv[base + channel] * factor * weight;
}
