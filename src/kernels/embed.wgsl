// A thread per 32 columns of one token; tokens along y.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let group = id.x;
  let token = id.y;
  if (group >= params.groups || token >= step.tokens) {
    return;
  }
  let row = timeline[step.position + token];
  if (row < params.rowStart || row - params.rowStart >= params.rowCount) {
    return;
  }
  let w = affine(weights_of((row - params.rowStart) * params.groups + group), params.scale, 0.0);
  let column = group * 32u;
  let at = (token * params.outStride + column) / 4u;
  write_out(at, column, w.v0);
  write_out(at + 1u, column + 4u, w.v1);
  write_out(at + 2u, column + 8u, w.v2);
  write_out(at + 3u, column + 12u, w.v3);
  write_out(at + 4u, column + 16u, w.v4);
  write_out(at + 5u, column + 20u, w.v5);
  write_out(at + 6u, column + 24u, w.v6);
  write_out(at + 7u, column + 28u, w.v7);
}

// A vec4 that straddles the width writes the zeros its padding weights are.
fn write_out(at: u32, column: u32, value: vec4<f32>) {
  if (column < params.width) {
    out[at] = value;
  }
}
