// A thread per four channels of a head: few slices, so each thread weighs them itself.
override WIDTH: u32;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.heads * params.quads) {
    return;
  }
  let head = id.x / params.quads;
  let record = params.quads + 1u;
  let first = head * params.splits * record;

  var highest = select(-3.0e38, sink_of(head), SINKS);
  for (var split = 0u; split < params.splits; split++) {
    let slice = partials[first + split * record];
    if (slice.y != 0.0) {
      highest = max(highest, slice.x);
    }
  }
  var total = select(0.0, exp(sink_of(head) - highest), SINKS);
  var sum = vec4(0.0);
  for (var split = 0u; split < params.splits; split++) {
    let at = first + split * record;
    let slice = partials[at];
    if (slice.y != 0.0) {
      let weight = exp(slice.x - highest);
      total += weight * slice.y;
      sum += weight * partials[at + 1u + id.x % params.quads];
    }
  }
  out[id.x] = sum / total;
}
