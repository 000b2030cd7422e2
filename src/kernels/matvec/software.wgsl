// A thread makes four sums by itself, reading its rows from end to end: what an emulator
// on a CPU runs fastest. They are neighbouring rows, or two gates and their ups.
override THREADS: u32 = 32u;

// Row of W of a thread's k-th sum; past the end, a row that exists.
fn weight_row(first: u32, k: u32) -> u32 {
  let last = params.rows - 1u;
  if (GATE != 0u) {
    return min(first + (k & 1u), last) + (k >> 1u) * params.rows;
  }
  return min(first + k, last);
}

fn input_quad(v: u32) -> vec4<f32> {
  return weigh(v, input_at(v));
}

fn input_group(v: u32) -> Group {
  return Group(
    input_quad(v), input_quad(v + 1u), input_quad(v + 2u), input_quad(v + 3u),
    input_quad(v + 4u), input_quad(v + 5u), input_quad(v + 6u), input_quad(v + 7u));
}

// 1 / rms of the input, shared out over the workgroup before the sweep.
fn input_scale(thread: u32, first: bool) -> f32 {
  var squares = 0.0;
  for (var v = thread; v < params.groups * 8u; v += THREADS) {
    let value = input_at(v);
    squares += dot(value, value);
    if (first) {
      keep_input(v, value);
    }
  }
  return inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup_id: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let workgroup = workgroup_id.y * workgroups.x + workgroup_id.x;
  open_input(thread);
  var scale = 1.0;
  if (NORMED) {
    scale = input_scale(thread, workgroup == 0u);
  }

  let is_gated = GATE != 0u;
  let outputs = select(4u, 2u, is_gated);
  let first = (workgroup * THREADS + thread) * outputs;
  if (first >= params.rows) {
    return;
  }
  let rows = vec4<u32>(
    weight_row(first, 0u), weight_row(first, 1u), weight_row(first, 2u), weight_row(first, 3u));
  var at = rows * params.groups;
  var sums = vec4<f32>(0.0);
  for (var g = 0u; g < params.groups; g++) {
    let input = input_group(g * 8u);
    let input_sum = group_sum(input);
    sums += vec4<f32>(
      weights_dot(at.x, input, input_sum), weights_dot(at.y, input, input_sum),
      weights_dot(at.z, input, input_sum), weights_dot(at.w, input, input_sum));
    at += 1u;
  }

  let made = min(outputs, params.rows - first);
  for (var k = 0u; k < made; k++) {
    var value = sums[k] * scale + bias_of(rows[k]);
    if (is_gated) {
      value = gated(value, sums[k + 2u] * scale + bias_of(rows[k + 2u]));
    }
    write_y(params.yOffset + first + k, soft_cap(params.outScale * value, params.softCap));
  }
}
