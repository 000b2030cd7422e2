// The input is rmsnorm(x) * normWeight; the kernel divides by the root mean square
// after the sums over the columns, which is the same and needs no pass of its own.
const NORMED = true;

fn open_input(workgroup: u32, thread: u32) {}

// x may be the head of a longer row: what lies past its width is not input.
fn input_at(v: u32) -> vec4<f32> {
  let channel = v * 4u + vec4<u32>(0u, 1u, 2u, 3u);
  return select(vec4<f32>(0.0), x[v], channel < vec4<u32>(params.width));
}

fn weigh(v: u32, value: vec4<f32>) -> vec4<f32> {
  return value * normWeight[v];
}

fn keep_input(v: u32, value: vec4<f32>) {}
