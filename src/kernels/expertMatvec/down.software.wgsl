// A thread makes four neighbouring outputs, entry after entry.
override WEIGH: bool = true;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = (workgroup.x * THREADS + thread) * 4u;
  if (first >= params.rows) {
    return;
  }
  let rows = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.rows - 1u));
  var sums = vec4<f32>(0.0);
  for (var k = 0u; k < params.entries; k++) {
    let entry = params.firstEntry + k;
    let expert = expert_of(entry);
    let slot = slot_of(expert);
    if (slot == ABSENT) {
      continue;
    }
    let biases = rows + expert * params.rows;
    let bias = vec4<f32>(bias_of(biases.x), bias_of(biases.y), bias_of(biases.z), bias_of(biases.w));
    let output = serial_sums(rows + slot * params.rows, k * (params.xStride / 4u)) + bias;
    sums += select(1.0, entry_weight(entry), WEIGH) * output;
  }
  let made = min(4u, params.rows - first);
  for (var k = 0u; k < made; k++) {
    y[first + k] += sums[k];
  }
}
