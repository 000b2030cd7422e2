fn nibble_values(q: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(q);
}
