fn head_rows() -> u32 {
  return params.valueDim;
}

// Quad `v` of a head's z, zeros past its end.
fn input_quad(token: u32, head: u32, v: u32) -> vec4<f32> {
  if (4u * v >= params.kvRank) {
    return vec4(0.0);
  }
  return z[(token * params.zStride + head * params.kvRank) / 4u + v];
}

fn output_scale(token: u32) -> f32 {
  return 1.0;
}

fn write_output(token: u32, head: u32, row: u32, value: f32) {
  out[token * params.outStride + head * params.valueDim + row] = value;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  head_product(workgroup, thread);
}
