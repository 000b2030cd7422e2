// A workgroup per token.
override THREADS: u32 = 64u; // a power of two
override ADD: bool = false;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let quads = (params.width + 3u) / 4u;
  let row = workgroup.x * (params.stride / 4u);
  let source = workgroup.x * (params.xStride / 4u);
  var squares = 0.0;
  for (var i = thread; i < quads; i += THREADS) {
    let v = x[source + i];
    squares += dot(v, v);
  }
  let scale = inverseSqrt(workgroup_sum(squares, thread) / f32(params.width) + params.eps);
  for (var i = thread; i < quads; i += THREADS) {
    let normed = x[source + i] * scale * weight[i];
    if (ADD) {
      out[row + i] += normed;
    } else {
      out[row + i] = normed;
    }
  }
}
