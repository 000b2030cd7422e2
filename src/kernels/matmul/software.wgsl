// A thread makes four sums (neighbouring rows, or two gates and their ups) for each of
// 16 tokens, with no workgroup memory and no barrier: what an emulator on a CPU runs
// fastest. A weight is unpacked once for the 16 tokens, an input read once for four
// rows. Loops stay loops: such adapters compile slowly.
const TOKENS = 16u;

// Row of W of a thread's k-th sum; past the end, a row that exists.
fn weight_row(first: u32, k: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + (k & 1u), last) + (k >> 1u) * params.rows;
  }
  return min(first + k, last);
}

fn input_group(v: u32) -> Group {
  return Group(x[v], x[v + 1u], x[v + 2u], x[v + 3u], x[v + 4u], x[v + 5u], x[v + 6u], x[v + 7u]);
}

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(global_invocation_id) id: vec3<u32>) {
  let is_gated = GATE != 0u;
  let outputs = select(4u, 2u, is_gated);
  let first = id.x * outputs;
  if (first >= params.rows) {
    return;
  }
  let rows = vec4<u32>(
    weight_row(first, 0u), weight_row(first, 1u), weight_row(first, 2u), weight_row(first, 3u));
  let token = workgroup.y * TOKENS;
  let tokens = min(TOKENS, step.tokens - token);

  var sums: array<vec4<f32>, TOKENS>;
  for (var g = 0u; g < params.groups; g++) {
    let at = rows * params.groups + g;
    let w0 = weights_of(at.x);
    let w1 = weights_of(at.y);
    let w2 = weights_of(at.z);
    let w3 = weights_of(at.w);
    for (var t = 0u; t < tokens; t++) {
      let input = input_group((token + t) * (params.xStride / 4u) + g * 8u);
      sums[t] += vec4<f32>(
        group_dot(w0, input), group_dot(w1, input), group_dot(w2, input), group_dot(w3, input));
    }
  }

  let made = min(outputs, params.rows - first);
  for (var t = 0u; t < tokens; t++) {
    let y_row = (token + t) * params.yStride + params.yOffset + first;
    for (var k = 0u; k < made; k++) {
      var value = sums[t][k] + bias_of(rows[k]);
      if (is_gated) {
        value = gated(value, sums[t][k + 2u] + bias_of(rows[k + 2u]));
      }
      write_y(y_row + k, soft_cap(params.outScale * value, params.softCap));
    }
  }
}
