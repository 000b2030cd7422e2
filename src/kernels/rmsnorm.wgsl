// A workgroup per token.
override THREADS: u32 = 64u; // a power of two
override ADD: bool = false;

// x may be the head of a longer row: what lies past its width is not input.
fn input_at(source: u32, quad: u32) -> vec4<f32> {
  let channel = quad * 4u + vec4<u32>(0u, 1u, 2u, 3u);
  return select(vec4<f32>(0.0), x[source + quad], channel < vec4<u32>(params.width));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let quads = (params.width + 3u) / 4u;
  let row = workgroup.x * (params.stride / 4u);
  let source = workgroup.x * (params.xStride / 4u);
  var squares = 0.0;
  for (var i = thread; i < quads; i += THREADS) {
    let v = input_at(source, i);
    squares += dot(v, v);
  }
  let scale = inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
  for (var i = thread; i < quads; i += THREADS) {
    let normed = input_at(source, i) * scale * weight[i];
    if (ADD) {
      out[row + i] += normed;
    } else {
      out[row + i] = normed;
    }
  }
}
