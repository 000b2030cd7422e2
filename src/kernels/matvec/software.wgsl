// A thread makes two sums by itself, reading its rows from end to end: what an
// emulator on a CPU runs fastest. The two are neighbouring rows, or a gate and its up.
override THREADS: u32 = 32u;

fn input_group(group: u32) -> Group {
  let v = group * 8u;
  return Group(
    weigh(v, input_at(v)), weigh(v + 1u, input_at(v + 1u)),
    weigh(v + 2u, input_at(v + 2u)), weigh(v + 3u, input_at(v + 3u)),
    weigh(v + 4u, input_at(v + 4u)), weigh(v + 5u, input_at(v + 5u)),
    weigh(v + 6u, input_at(v + 6u)), weigh(v + 7u, input_at(v + 7u)));
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

  let gated = GATE != 0u;
  let pair = workgroup * THREADS + thread;
  let output = select(pair * 2u, pair, gated);
  if (output >= params.rows) {
    return;
  }
  let row_a = output;
  let row_b = select(min(output + 1u, params.rows - 1u), params.rows + output, gated);
  var a = 0.0;
  var b = 0.0;
  for (var g = 0u; g < params.groups; g++) {
    let input = input_group(g);
    let input_sum = group_sum(input);
    a += weights_dot(row_a * params.groups + g, input, input_sum);
    b += weights_dot(row_b * params.groups + g, input, input_sum);
  }
  a = a * scale + bias_of(row_a);
  b = b * scale + bias_of(row_b);

  if (gated) {
    write_y(params.yOffset + output, soft_cap(activate(a) * b, params.softCap));
    return;
  }
  write_y(params.yOffset + output, soft_cap(a, params.softCap));
  if (output + 1u < params.rows) {
    write_y(params.yOffset + output + 1u, soft_cap(b, params.softCap));
  }
}
