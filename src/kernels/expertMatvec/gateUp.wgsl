// What both shapes of expertGateUp share: a thread's or a team's four sums are two
// gates and their two ups.
override WEIGH_INPUT: bool = false;

// Row of the k-th sum within its expert; past the end, a row that exists.
fn gate_up_row(first: u32, k: u32) -> u32 {
  return min(first + (k & 1u), params.rows - 1u) + (k >> 1u) * params.rows;
}

fn gate_up_rows(first: u32) -> vec4<u32> {
  return vec4<u32>(
    gate_up_row(first, 0u), gate_up_row(first, 1u), gate_up_row(first, 2u), gate_up_row(first, 3u));
}

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
  let gate = sums[k] + bias_of(biases + gate_up_row(first, k));
  let up = sums[k + 2u] + bias_of(biases + gate_up_row(first, k + 2u));
  return gated(gate, up);
}
