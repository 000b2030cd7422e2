// The input is rmsnorm(x) * normWeight, as in matvec, of one of many tokens: vec4 `at`
// of x, which is vec4 v of its row. The division by the root mean square comes later.
fn input_at(at: u32) -> vec4<f32> {
  return x[at];
}

fn weigh(v: u32, value: vec4<f32>) -> vec4<f32> {
  return value * normWeight[v];
}

fn keep_input(v: u32, value: vec4<f32>) {}
