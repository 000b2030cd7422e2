// Each head has a logit of its own beside those of the keys.
const SINKS = true;

fn sink_of(head: u32) -> f32 {
  return sinks[head];
}
