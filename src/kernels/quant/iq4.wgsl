// A nibble picks one of ggml's 16 values, here as signed bytes in four words: selects
// and shifts, since an array indexed by data may land in slow memory.
fn nibble_values(q: vec4<u32>) -> vec4<f32> {
  let upper = (q & vec4<u32>(4u)) != vec4<u32>(0u);
  let negative = select(vec4<u32>(0xbfad9881u), vec4<u32>(0xf6eaddcfu), upper);
  let positive = select(vec4<u32>(0x26190d01u), vec4<u32>(0x71594535u), upper);
  let word = select(negative, positive, q >= vec4<u32>(8u));
  let top = (~q & vec4<u32>(3u)) << vec4<u32>(3u);
  return vec4<f32>(bitcast<vec4<i32>>(word << top) >> vec4<u32>(24u));
}
