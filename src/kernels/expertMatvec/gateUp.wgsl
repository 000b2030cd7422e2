// What both shapes of expertGateUp share: a thread's or a team's four sums are two
// gates and their two ups.
override WEIGH_INPUT: bool = false;

// What the sums are multiplied by: the norm's division, and the weight of the input.
fn input_factor(squares: f32, entry: u32) -> f32 {
  let norm = inverseSqrt(squares / f32(params.width) + params.eps);
  if (WEIGH_INPUT) {
    return norm * entry_weight(entry);
  }
  return norm;
}

// Output first + k of an expert, from the team's or thread's sums times their factor.
fn gated_output(sums: vec4<f32>, expert: u32, first: u32, k: u32) -> f32 {
  let biases = expert * 2u * params.rows;
  let gate = sums[k] + bias_of(biases + weight_row(first, k, 2u));
  let up = sums[k + 2u] + bias_of(biases + weight_row(first, k + 2u, 2u));
  return gated(gate, up);
}
