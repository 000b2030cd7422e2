// Twice the 4-bit float (1 sign, 2 exponent, 1 mantissa bit): 0 1 2 3 4 6 8 12.
fn nibble_values(q: vec4<u32>) -> vec4<f32> {
  let magnitude = vec4<u32>(0xc8643210u) >> ((q & vec4<u32>(7u)) << vec4<u32>(2u));
  let value = vec4<f32>(magnitude & vec4<u32>(15u));
  return select(value, -value, q >= vec4<u32>(8u));
}
