// A thread per channel of a token. Slots of the ring that are read lie before the
// chunk, those written inside it, so none is both.
override WIDTH: u32;

// B · x of a channel at a position up to the token's.
fn gated_input(channel: u32, position: u32) -> f32 {
  if (position >= step.position) {
    let row = (position - step.position) * params.xStride + channel;
    return bcx[row] * bcx[row + 2u * params.hidden];
  }
  return state[position % params.ring * params.hidden + channel];
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channel = id.x;
  let token = id.y;
  if (channel >= params.hidden) {
    return;
  }
  let position = step.position + token;
  var sum = bias_of(channel);
  for (var back = min(params.width, position + 1u); back > 0u; back--) {
    let tap = params.width - back;
    sum += weight[channel * params.width + tap] * gated_input(channel, position + 1u - back);
  }
  state[position % params.ring * params.hidden + channel] = gated_input(channel, position);
  y[token * params.yStride + channel] = bcx[token * params.xStride + params.hidden + channel] * sum;
}
