// One workgroup routes one token.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let token = workgroup.x;
  let squares = sum_rows(token * (params.xStride / 4u), thread);
  finish_logits(inverseSqrt(squares / f32(params.width) + params.eps), thread);
  if (SCORE == 0u) {
    measure_all(thread);
  }
  choose(thread);
  if (SCORE == 1u) {
    measure_chosen();
  }
  write_entries(token * (params.topK + params.pieces), thread);
}

fn finish_logits(norm: f32, thread: u32) {
  for (var row = thread; row < router_rows(); row += THREADS) {
    let logit = logits[row] * norm;
    if (row < params.experts) {
      logits[row] = logit + bias_of(row);
      atomicMax(&highest_key, key_of(logits[row]));
    } else {
      logits[row] = logit;
    }
  }
  workgroupBarrier();
}

// The softmax over all experts.
fn measure_all(thread: u32) {
  highest = value_of(atomicLoad(&highest_key));
  var sum = 0.0;
  for (var e = thread; e < params.experts; e += THREADS) {
    sum += exp(logits[e] - highest);
  }
  total = workgroup_sum(sum, thread);
}

// The softmax over the chosen: few enough for every thread to sum them all.
fn measure_chosen() {
  highest = logits[keys[0]];
  for (var k = 1u; k < params.topK; k++) {
    highest = max(highest, logits[keys[k]]);
  }
  total = 0.0;
  for (var k = 0u; k < params.topK; k++) {
    total += exp(logits[keys[k]] - highest);
  }
}

fn write_entries(first: u32, thread: u32) {
  var divisor = 1.0;
  if (params.renormalise != 0u) {
    divisor = params.renormEps;
    for (var k = 0u; k < params.topK; k++) {
      divisor += score_of(keys[k]);
    }
  }
  for (var k = thread; k < params.topK; k += THREADS) {
    let weight = score_of(keys[k]) / divisor * params.scale;
    routes[first + k] = vec2<u32>(keys[k], bitcast<u32>(weight));
  }
  for (var j = thread; j < params.pieces; j += THREADS) {
    let weight = params.sharedScale * shared_gate();
    routes[first + params.topK + j] = vec2<u32>(params.experts + j, bitcast<u32>(weight));
  }
}

// How much of the shared expert the token takes.
fn shared_gate() -> f32 {
  if (SHARED_GATE) {
    return sigmoid(logits[params.experts]);
  }
  return 1.0;
}
