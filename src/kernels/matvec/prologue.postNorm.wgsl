// The residual stream takes the last sublayer's output, normed:
//   h = x + rmsnorm(o) * postWeight, and the input is rmsnorm(h) * normWeight.
// Every workgroup computes all of h; the first one keeps it in hOut.
const NORMED = true;

var<private> post_scale: f32;
var<private> is_kept: bool;

fn open_input(workgroup: u32, thread: u32) {
  is_kept = workgroup == 0u;
  var squares = 0.0;
  for (var v = thread; v < params.groups * 8u; v += THREADS) {
    squares += dot(o[v], o[v]);
  }
  post_scale = inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
}

fn input_at(v: u32) -> vec4<f32> {
  return x[v] + o[v] * postWeight[v] * post_scale;
}

fn weigh(v: u32, value: vec4<f32>) -> vec4<f32> {
  return value * normWeight[v];
}

fn keep_input(v: u32, value: vec4<f32>) {
  if (is_kept && v * 4u < params.width) {
    hOut[v] = value;
  }
}
