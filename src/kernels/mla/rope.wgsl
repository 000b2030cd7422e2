// Which channels rotate together: (2i, 2i + 1), or (i, i + ropeDim/2).
override INTERLEAVED: bool = false;

// A rotated channel is own * cos + partner * sin.
struct Turn {
  partner: u32,
  cos: f32,
  sin: f32,
}

fn turn_of(channel: u32, position: u32) -> Turn {
  let pairs = params.ropeDim / 2u;
  var pair = channel % pairs;
  var second = channel >= pairs;
  var partner = select(channel + pairs, channel - pairs, second);
  if (INTERLEAVED) {
    pair = channel / 2u;
    second = (channel & 1u) == 1u;
    partner = channel ^ 1u;
  }
  let turn = rope[position * pairs + pair];
  return Turn(partner, turn.x, select(-turn.y, turn.y, second));
}
