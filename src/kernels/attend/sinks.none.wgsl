const SINKS = false;

fn sink_of(head: u32) -> f32 {
  return 0.0;
}
