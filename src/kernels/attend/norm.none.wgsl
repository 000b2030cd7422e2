const NORMED = false;

fn norm_factor(square_sum: f32) -> f32 {
  return 1.0;
}

fn normed(base: u32, channel: u32, factor: f32, is_key: bool) -> f32 {
  return qkv[base + channel];
}
