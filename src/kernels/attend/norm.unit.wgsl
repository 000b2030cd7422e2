// RMSNorm over each head of q and k, with no weights.
const NORMED = true;

fn norm_factor(square_sum: f32) -> f32 {
  return inverseSqrt(square_sum / f32(HEAD_DIM) + params.eps);
}

fn normed(base: u32, channel: u32, factor: f32, is_key: bool) -> f32 {
  return qkv[base + channel] * factor;
}
