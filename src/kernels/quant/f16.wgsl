fn pair_values(a: u32, b: u32) -> vec4<f32> {
  return half_values(vec4<u32>(a, a >> 16u, b, b >> 16u));
}
