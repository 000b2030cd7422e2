// The slices of a head weighed as attendMerge does, while the vector is staged. Those
// that saw nothing come last.
override MAX_SPLITS: u32;
var<workgroup> slices: array<vec2<f32>, MAX_SPLITS>; // (highest, total)
var<workgroup> shares: array<f32, MAX_SPLITS + 3u>; // zeros past those seen
var<private> seen: u32;
var<private> total: f32;

fn head_rows() -> u32 {
  return params.valueDim;
}

fn record_of(head: u32, split: u32) -> u32 {
  return (head * params.splits + split) * (params.kvRank / 4u + 1u);
}

fn weigh_slices(head: u32, thread: u32) {
  for (var split = thread; split < params.splits; split += THREADS) {
    slices[split] = partials[record_of(head, split)].xy;
  }
  workgroupBarrier();
  var highest = -3.0e38;
  for (var split = 0u; split < params.splits; split++) {
    if (slices[split].y != 0.0) {
      highest = max(highest, slices[split].x);
      seen = split + 1u;
    }
  }
  for (var split = thread; split < seen + 3u; split += THREADS) {
    shares[split] = 0.0;
    if (split < seen) {
      shares[split] = exp(slices[split].x - highest);
    }
  }
  workgroupBarrier();
  for (var split = 0u; split < seen; split++) {
    total += shares[split] * slices[split].y;
  }
}

// Quad `v` of the head's z before its division, zeros past its end. Four slices at a
// time, so that one is not waited for before the next is asked for.
fn input_quad(token: u32, head: u32, v: u32) -> vec4<f32> {
  var sum = vec4(0.0);
  if (4u * v < params.kvRank) {
    for (var split = 0u; split < seen; split += 4u) {
      sum += shares[split] * sum_of(head, split, v) + shares[split + 1u] * sum_of(head, split + 1u, v) +
        shares[split + 2u] * sum_of(head, split + 2u, v) + shares[split + 3u] * sum_of(head, split + 3u, v);
    }
  }
  return sum;
}

// A slice's quad `v`; past the last that saw something, that one's.
fn sum_of(head: u32, split: u32, v: u32) -> vec4<f32> {
  return partials[record_of(head, min(split, seen - 1u)) + 1u + v];
}

fn output_scale(token: u32) -> f32 {
  return 1.0 / total;
}

fn write_output(token: u32, head: u32, row: u32, value: f32) {
  out[head * params.valueDim + row] = value;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  weigh_slices(workgroup.y, thread);
  head_product(workgroup, thread);
}
