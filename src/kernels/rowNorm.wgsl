// A workgroup per (q or k, token).
override THREADS: u32 = 64u; // a power of two

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let is_key = workgroup.x == 1u;
  let base = workgroup.y * params.stride + select(0u, params.qWidth, is_key);
  let width = select(params.qWidth, params.kWidth, is_key);
  var squares = 0.0;
  for (var i = thread; i < width; i += THREADS) {
    let value = qkv[base + i];
    squares += value * value;
  }
  let scale = inverseSqrt(workgroup_sum(squares, thread) / f32(width) + params.eps);
  for (var i = thread; i < width; i += THREADS) {
    var weight = 0.0;
    if (is_key) {
      weight = kNorm[i];
    } else {
      weight = qNorm[i];
    }
    qkv[base + i] *= scale * weight;
  }
}
