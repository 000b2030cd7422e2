override WEIGH: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let c = id.x;
  if (c >= params.width) {
    return;
  }
  var sum = 0.0;
  for (var k = 0u; k < params.perToken; k++) {
    let entry = id.y * params.perToken + k;
    let value = out[entry * params.outStride + c];
    sum += select(value, value * bitcast<f32>(routes[entry].y), WEIGH);
  }
  stream[id.y * params.stride + c] += sum;
}
