// Four 8-bit floats (1 sign, 4 exponent, 3 mantissa bits), exactly; 0x7f is NaN.
fn e4m3_values(bytes: vec4<u32>) -> vec4<f32> {
  let magnitude = bytes & vec4<u32>(0x7fu);
  let bits = (magnitude << vec4<u32>(20u)) + vec4<u32>(0x3c000000u);
  let normal = bitcast<vec4<f32>>(select(bits, vec4<u32>(0x7fc00000u), magnitude == vec4<u32>(0x7fu)));
  let subnormal = vec4<f32>(magnitude) * 0x1p-9f;
  let value = select(normal, subnormal, magnitude < vec4<u32>(8u));
  return select(value, -value, (bytes & vec4<u32>(0x80u)) != vec4<u32>(0u));
}

fn quants_of(group: u32) -> Group {
  let a = quants[group * 2u];
  let b = quants[group * 2u + 1u];
  return Group(
    e4m3_values(unpack4xU8(a.x)), e4m3_values(unpack4xU8(a.y)),
    e4m3_values(unpack4xU8(a.z)), e4m3_values(unpack4xU8(a.w)),
    e4m3_values(unpack4xU8(b.x)), e4m3_values(unpack4xU8(b.y)),
    e4m3_values(unpack4xU8(b.z)), e4m3_values(unpack4xU8(b.w)));
}
