fn nibble_values(q: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(q) - vec4<f32>(8.0);
}
