// A workgroup makes some of a head's absorbed queries; the first of a head also rotates
// its rope part, and those past the last head write the tokens' rows of the cache.
fn head_rows() -> u32 {
  return params.kvRank;
}

// Quad `v` of a head's part without rope, zeros past its end.
fn input_quad(token: u32, head: u32, v: u32) -> vec4<f32> {
  if (4u * v >= params.nopeDim) {
    return vec4(0.0);
  }
  return q[query_base(token, head) / 4u + v];
}

fn query_base(token: u32, head: u32) -> u32 {
  return token * params.qStride + params.qOffset + head * (params.nopeDim + params.ropeDim);
}

fn write_output(token: u32, head: u32, row: u32, value: f32) {
  queries[result_base(token, head) + row] = value;
}

fn result_base(token: u32, head: u32) -> u32 {
  return token * params.queryStride + head * (params.kvRank + params.ropeDim);
}

// What scores are multiplied by.
fn output_scale(token: u32) -> f32 {
  return params.scale * temperature(step.position + token);
}

fn rotate_query(token: u32, head: u32, thread: u32) {
  let base = query_base(token, head) + params.nopeDim;
  for (var channel = thread; channel < params.ropeDim; channel += THREADS) {
    let turn = turn_of(channel, step.position + token);
    let own = base + channel;
    let partner = base + turn.partner;
    let value = q[own / 4u][own % 4u] * turn.cos + q[partner / 4u][partner % 4u] * turn.sin;
    queries[result_base(token, head) + params.kvRank + channel] = value * output_scale(token);
  }
}

fn rotated_key(base: u32, channel: u32, position: u32) -> f32 {
  let turn = turn_of(channel, position);
  let own = base + channel;
  let partner = base + turn.partner;
  return latent[own / 4u][own % 4u] * turn.cos + latent[partner / 4u][partner % 4u] * turn.sin;
}

fn write_cache(token: u32, thread: u32) {
  let position = step.position + token;
  let base = token * params.latentStride + params.latentOffset;
  let cell = position * (params.kvRank + params.ropeDim) / 4u;
  let quads = params.kvRank / 4u;
  var squares = 0.0;
  for (var quad = thread; quad < quads; quad += THREADS) {
    let value = latent[base / 4u + quad];
    squares += dot(value, value);
  }
  let factor = inverseSqrt(workgroup_sum(squares, thread) / f32(params.kvRank) + params.eps);
  for (var quad = thread; quad < quads; quad += THREADS) {
    cache[cell + quad] = kv_pack(latent[base / 4u + quad] * factor * kvNorm[quad]);
  }
  for (var quad = thread; quad < params.ropeDim / 4u; quad += THREADS) {
    let key = base + params.kvRank;
    var value = vec4(0.0);
    for (var c = 0u; c < min(4u, params.ropeDim); c++) { // not a constant: no unrolling
      value[c] = rotated_key(key, 4u * quad + c, position);
    }
    cache[cell + quads + quad] = kv_pack(value);
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = workgroup.z * TILE_TOKENS;
  let end = min(first + TILE_TOKENS, step.tokens);
  if (workgroup.y == params.heads) {
    for (var token = first + workgroup.x; token < end; token += workgroups.x) {
      write_cache(token, thread);
    }
    return;
  }
  if (workgroup.x == 0u) {
    for (var token = first; token < end; token++) {
      rotate_query(token, workgroup.y, thread);
    }
  }
  head_product(workgroup, thread);
}
