// A group of 4-bit quants: low nibbles are columns 0..15, high ones 16..31.
fn quants_of(group: u32) -> Group {
  let word = quants[group];
  let low = word & vec4<u32>(0x0f0f0f0fu);
  let high = (word >> vec4<u32>(4u)) & vec4<u32>(0x0f0f0f0fu);
  return Group(
    nibble_values(unpack4xU8(low.x)), nibble_values(unpack4xU8(low.y)),
    nibble_values(unpack4xU8(low.z)), nibble_values(unpack4xU8(low.w)),
    nibble_values(unpack4xU8(high.x)), nibble_values(unpack4xU8(high.y)),
    nibble_values(unpack4xU8(high.z)), nibble_values(unpack4xU8(high.w)));
}
