// The cache, four channels at a time: index i is ((position * kvHeads) + head) * headDim / 4 + quad.
fn k_load(i: u32) -> vec4<f32> {
  return kv_unpack(kCache[i]);
}

fn v_load(i: u32) -> vec4<f32> {
  return kv_unpack(vCache[i]);
}
