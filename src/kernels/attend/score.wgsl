// Below any score; finite, so that differences of two stay numbers.
const LOWEST = -3.0e38;

// cap * tanh(score / cap). The argument is held where tanh is 1 in f32: some
// drivers overflow past it.
fn capped(score: vec4<f32>) -> vec4<f32> {
  if (params.softCap <= 0.0) {
    return score;
  }
  return params.softCap * tanh(clamp(score / params.softCap, vec4(-15.0), vec4(15.0)));
}

// First position the query at `position` sees.
fn first_seen(position: u32) -> u32 {
  var first = 0u;
  if (params.window > 0u && position >= params.window) {
    first = position + 1u - params.window;
  }
  if (params.chunk > 0u) {
    first = max(first, position / params.chunk * params.chunk);
  }
  return first;
}

// `count`, hidden from compilers, lest they unroll a loop: software adapters took
// minutes over what came of it.
fn runtime(count: u32) -> u32 {
  return count * params.kvHeads / params.kvHeads;
}
