// The slices of a head weighed as attendMerge does, while the vector is staged.
var<private> highest: f32;
var<private> total: f32;

fn head_rows() -> u32 {
  return params.valueDim;
}

fn record_of(head: u32, split: u32) -> u32 {
  return (head * params.splits + split) * (params.kvRank / 4u + 1u);
}

fn weigh_slices(head: u32) {
  highest = -3.0e38;
  for (var split = 0u; split < params.splits; split++) {
    let slice = partials[record_of(head, split)];
    if (slice.y != 0.0) {
      highest = max(highest, slice.x);
    }
  }
  total = 0.0;
  for (var split = 0u; split < params.splits; split++) {
    let slice = partials[record_of(head, split)];
    if (slice.y != 0.0) {
      total += exp(slice.x - highest) * slice.y;
    }
  }
}

// Quad `v` of the head's z before its division, zeros past its end.
fn input_quad(token: u32, head: u32, v: u32) -> vec4<f32> {
  var sum = vec4(0.0);
  if (4u * v < params.kvRank) {
    for (var split = 0u; split < params.splits; split++) {
      let at = record_of(head, split);
      let slice = partials[at];
      if (slice.y != 0.0) {
        sum += exp(slice.x - highest) * partials[at + 1u + v];
      }
    }
  }
  return sum;
}

fn output_scale(token: u32) -> f32 {
  return 1.0 / total;
}

fn write_output(token: u32, head: u32, row: u32, value: f32) {
  out[head * params.valueDim + row] = value;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  weigh_slices(workgroup.y);
  head_product(workgroup, thread);
}
