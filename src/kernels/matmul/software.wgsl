// A thread makes two sums (neighbouring rows, or a gate and its up) for each of 8
// tokens, with no workgroup memory and no barrier: what an emulator on a CPU runs
// fastest. A weight is unpacked once for the 8 tokens, an input read once for both rows.
const TOKENS = 8u;

struct Pair {
  a: vec4<f32>,
  b: vec4<f32>,
}

// A group of four tokens' inputs, whose first quads are at `at`, against both rows.
fn four_tokens(wa: Group, wb: Group, at: vec4<u32>) -> Pair {
  let x0 = input_group(at.x);
  let x1 = input_group(at.y);
  let x2 = input_group(at.z);
  let x3 = input_group(at.w);
  return Pair(
    vec4<f32>(group_dot(wa, x0), group_dot(wa, x1), group_dot(wa, x2), group_dot(wa, x3)),
    vec4<f32>(group_dot(wb, x0), group_dot(wb, x1), group_dot(wb, x2), group_dot(wb, x3)));
}

fn input_group(v: u32) -> Group {
  return Group(x[v], x[v + 1u], x[v + 2u], x[v + 3u], x[v + 4u], x[v + 5u], x[v + 6u], x[v + 7u]);
}

fn write_row(output: u32, token: u32, sums: vec4<f32>) {
  for (var j = 0u; j < 4u; j++) {
    if (token + j < step.tokens) {
      write_y((token + j) * params.yStride + params.yOffset + output, soft_cap(sums[j], params.softCap));
    }
  }
}

fn gate_up(gate: vec4<f32>, up: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(activate(gate.x), activate(gate.y), activate(gate.z), activate(gate.w)) * up;
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let gated = GATE != 0u;
  let output = select(id.x * 2u, id.x, gated);
  if (output >= params.rows) {
    return;
  }
  let row_a = output;
  let row_b = select(min(output + 1u, params.rows - 1u), params.rows + output, gated);
  let token = id.y * TOKENS;
  let last = vec4<u32>(step.tokens - 1u);
  let quads = params.xStride / 4u;
  var at_low = min(vec4<u32>(token) + vec4<u32>(0u, 1u, 2u, 3u), last) * quads;
  var at_high = min(vec4<u32>(token) + vec4<u32>(4u, 5u, 6u, 7u), last) * quads;

  var a_low = vec4<f32>(0.0);
  var a_high = vec4<f32>(0.0);
  var b_low = vec4<f32>(0.0);
  var b_high = vec4<f32>(0.0);
  for (var g = 0u; g < params.groups; g++) {
    let wa = weights_of(row_a * params.groups + g);
    let wb = weights_of(row_b * params.groups + g);
    let low = four_tokens(wa, wb, at_low);
    let high = four_tokens(wa, wb, at_high);
    a_low += low.a;
    b_low += low.b;
    a_high += high.a;
    b_high += high.b;
    at_low += 8u;
    at_high += 8u;
  }

  let bias_a = bias_of(row_a);
  let bias_b = bias_of(row_b);
  a_low += bias_a;
  a_high += bias_a;
  b_low += bias_b;
  b_high += bias_b;
  if (gated) {
    write_row(output, token, gate_up(a_low, b_low));
    write_row(output, token + 4u, gate_up(a_high, b_high));
    return;
  }
  write_row(output, token, a_low);
  write_row(output, token + 4u, a_high);
  if (output + 1u < params.rows) {
    write_row(output + 1u, token, b_low);
    write_row(output + 1u, token + 4u, b_high);
  }
}
