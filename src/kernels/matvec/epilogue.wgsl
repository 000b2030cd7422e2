// What happens to a finished row sum on its way to y.
override ADD: bool = false;
override GATE: u32 = 0u; // 0 none, 1 silu, 2 gelu by its tanh approximation, 3 gpt-oss's swiglu

// exp of an argument held where no implementation overflows.
fn safe_exp(v: f32) -> f32 {
  return exp(clamp(v, -80.0, 80.0));
}

// act(gate), both kinds being gate * sigmoid(k): (1 + tanh u) / 2 = sigmoid(2u).
fn activate(gate: f32) -> f32 {
  let cubic = 1.5957691216057308 * (gate + 0.044715 * gate * gate * gate);
  let k = select(gate, cubic, GATE == 2u);
  return gate / (1.0 + safe_exp(-k));
}

// What a gate makes of its up. gpt-oss clamps both and adds one to up.
fn gated(gate: f32, up: f32) -> f32 {
  if (GATE == 3u) {
    let g = min(gate, 7.0);
    return g / (1.0 + safe_exp(-1.702 * g)) * (clamp(up, -7.0, 7.0) + 1.0);
  }
  return activate(gate) * up;
}

// cap * tanh(v / cap), or v where there is no cap.
fn soft_cap(v: f32, cap: f32) -> f32 {
  if (cap <= 0.0) {
    return v;
  }
  let e = safe_exp(2.0 * v / cap);
  return cap * ((e - 1.0) / (e + 1.0));
}

fn write_y(index: u32, value: f32) {
  if (ADD) {
    y[index] += value;
  } else {
    y[index] = value;
  }
}
