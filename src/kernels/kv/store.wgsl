fn k_store(i: u32, value: vec4<f32>) {
  kCache[i] = kv_pack(value);
}

fn v_store(i: u32, value: vec4<f32>) {
  vCache[i] = kv_pack(value);
}
