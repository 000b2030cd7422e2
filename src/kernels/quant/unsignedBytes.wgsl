// A group of 8-bit quants, 0..255.
fn quants_of(group: u32) -> Group {
  let a = quants[group * 2u];
  let b = quants[group * 2u + 1u];
  return Group(
    vec4<f32>(unpack4xU8(a.x)), vec4<f32>(unpack4xU8(a.y)),
    vec4<f32>(unpack4xU8(a.z)), vec4<f32>(unpack4xU8(a.w)),
    vec4<f32>(unpack4xU8(b.x)), vec4<f32>(unpack4xU8(b.y)),
    vec4<f32>(unpack4xU8(b.z)), vec4<f32>(unpack4xU8(b.w)));
}
