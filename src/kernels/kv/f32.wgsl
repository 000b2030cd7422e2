alias KvQuad = vec4<f32>;

fn kv_unpack(quad: KvQuad) -> vec4<f32> {
  return quad;
}

fn kv_pack(value: vec4<f32>) -> KvQuad {
  return value;
}
