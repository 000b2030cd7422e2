// A thread makes four sums by itself, reading its rows from end to end: what an
// emulator on a CPU runs fastest. `base` is where the input begins in x, in vec4.
override THREADS: u32 = 32u;

fn input_quad(base: u32, v: u32) -> vec4<f32> {
  return weigh(v, input_at(base + v));
}

fn input_group(base: u32, v: u32) -> Group {
  return Group(
    input_quad(base, v), input_quad(base, v + 1u), input_quad(base, v + 2u), input_quad(base, v + 3u),
    input_quad(base, v + 4u), input_quad(base, v + 5u), input_quad(base, v + 6u), input_quad(base, v + 7u));
}

fn serial_sums(rows: vec4<u32>, base: u32) -> vec4<f32> {
  var at = rows * params.groups;
  var sums = vec4<f32>(0.0);
  for (var g = 0u; g < params.groups; g++) {
    sums += four_dots(at, input_group(base, g * 8u));
    at += 1u;
  }
  return sums;
}

// The sum of the input's squares, shared out over the workgroup.
fn input_squares(base: u32, thread: u32) -> f32 {
  var squares = 0.0;
  for (var v = thread; v < params.groups * 8u; v += THREADS) {
    let value = input_at(base + v);
    squares += dot(value, value);
    keep_input(v, value);
  }
  return workgroup_sum(squares, thread);
}
