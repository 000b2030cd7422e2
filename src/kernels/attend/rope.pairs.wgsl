// Rotary embedding of the first ropeDims channels of a head; the rest pass.
override INTERLEAVED = false;

// Both channels of a pair, which rotation mixes with nothing else.
fn pair_channels(pair: u32) -> vec2<u32> {
  let pairs = params.ropeDims / 2u;
  if (INTERLEAVED || pair >= pairs) {
    return vec2(2u * pair, 2u * pair + 1u);
  }
  return vec2(pair, pair + pairs);
}

fn rotated(base: u32, position: u32, channel: u32, factor: f32, is_key: bool) -> f32 {
  let own = normed(base, channel, factor, is_key);
  if (channel >= params.ropeDims) {
    return own;
  }
  let pairs = params.ropeDims / 2u;
  var pair = channel % pairs;
  var second = channel >= pairs;
  if (INTERLEAVED) {
    pair = channel / 2u;
    second = (channel & 1u) == 1u;
  }
  let both = pair_channels(pair);
  let turn = rope[position * pairs + pair];
  if (second) {
    return own * turn.x + normed(base, both.x, factor, is_key) * turn.y;
  }
  return own * turn.x - normed(base, both.y, factor, is_key) * turn.y;
}
