// A thread per output of one token; tokens along y.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= params.rows) {
    return;
  }
  let at = id.y * params.xStride;
  y[id.y * params.yStride + i] = gated(gateUp[at + i], gateUp[at + params.rows + i]);
}
