// A group of 4-bit quants, 0..15: low nibbles are columns 0..15, high are 16..31.
fn quants_of(group: u32) -> Group {
  let word = quants[group];
  let low = word & vec4<u32>(0x0f0f0f0fu);
  let high = (word >> vec4<u32>(4u)) & vec4<u32>(0x0f0f0f0fu);
  return Group(
    vec4<f32>(unpack4xU8(low.x)), vec4<f32>(unpack4xU8(low.y)),
    vec4<f32>(unpack4xU8(low.z)), vec4<f32>(unpack4xU8(low.w)),
    vec4<f32>(unpack4xU8(high.x)), vec4<f32>(unpack4xU8(high.y)),
    vec4<f32>(unpack4xU8(high.z)), vec4<f32>(unpack4xU8(high.w)));
}
