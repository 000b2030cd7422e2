// Halves in words, so the device needs no shader-f16.
alias KvQuad = vec2<u32>;

fn kv_unpack(quad: KvQuad) -> vec4<f32> {
  return vec4(unpack2x16float(quad.x), unpack2x16float(quad.y));
}

// Past the largest half the result of packing is not defined; keep the largest.
fn kv_pack(value: vec4<f32>) -> KvQuad {
  let held = clamp(value, vec4(-65504.0), vec4(65504.0));
  return vec2(pack2x16float(held.xy), pack2x16float(held.zw));
}
