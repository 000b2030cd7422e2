// Channels a pair is made of; without a rotation any split in pairs will do.
fn pair_channels(pair: u32) -> vec2<u32> {
  return vec2(2u * pair, 2u * pair + 1u);
}

fn rotated(base: u32, position: u32, channel: u32, factor: f32, is_key: bool) -> f32 {
  return normed(base, channel, factor, is_key);
}
