// f16 bits to f32, exactly. Integer arithmetic, because unpack2x16float may flush
// subnormal halves to zero and the scales of 4-bit files are often subnormal.
// Infinities and NaNs, which no weight is, are not kept.
fn half_values(bits: vec4<u32>) -> vec4<f32> {
  let magnitude = bits & vec4<u32>(0x7fffu);
  let normal = bitcast<vec4<f32>>((magnitude << vec4<u32>(13u)) + vec4<u32>(0x38000000u));
  let subnormal = vec4<f32>(magnitude) * 0x1p-24f;
  let value = select(normal, subnormal, magnitude < vec4<u32>(0x400u));
  return select(value, -value, (bits & vec4<u32>(0x8000u)) != vec4<u32>(0u));
}

fn half_value(bits: u32) -> f32 {
  let magnitude = bits & 0x7fffu;
  let normal = bitcast<f32>((magnitude << 13u) + 0x38000000u);
  let subnormal = f32(magnitude) * 0x1p-24f;
  let value = select(normal, subnormal, magnitude < 0x400u);
  return select(value, -value, (bits & 0x8000u) != 0u);
}
