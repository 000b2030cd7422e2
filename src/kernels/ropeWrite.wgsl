// LANES threads per head row of a token; rows are the query heads, then the key
// heads, then the value heads.
override WIDTH: u32;
override LANES: u32;
override HEAD_DIM: u32;
override QUADS = HEAD_DIM / 4u;

var<workgroup> squares: array<f32, WIDTH>;

fn square_sum(base: u32, wanted: bool, thread: u32) -> f32 {
  let lane = thread % LANES;
  var sum = 0.0;
  if (wanted) {
    for (var channel = lane; channel < HEAD_DIM; channel += LANES) {
      let value = qkv[base + channel];
      sum += value * value;
    }
  }
  if (LANES == 1u) {
    return sum;
  }
  squares[thread] = sum;
  workgroupBarrier();
  sum = 0.0;
  for (var i = 0u; i < LANES; i++) {
    sum += squares[thread - lane + i];
  }
  return sum;
}

fn rotate_query(base: u32, position: u32, factor: f32, lane: u32) {
  let grown = temperature(position);
  for (var pair = lane; pair < HEAD_DIM / 2u; pair += LANES) {
    let both = pair_channels(pair);
    let first = rotated(base, position, both.x, factor, false);
    let second = rotated(base, position, both.y, factor, false);
    qkv[base + both.x] = grown * first;
    qkv[base + both.y] = grown * second;
  }
}

fn store_key(base: u32, position: u32, factor: f32, cell: u32, lane: u32) {
  for (var quad = lane; quad < QUADS; quad += LANES) {
    let first = 4u * quad;
    let key = vec4(
      rotated(base, position, first, factor, true),
      rotated(base, position, first + 1u, factor, true),
      rotated(base, position, first + 2u, factor, true),
      rotated(base, position, first + 3u, factor, true),
    );
    k_store(cell + quad, key);
  }
}

fn store_value(base: u32, cell: u32, lane: u32) {
  for (var quad = lane; quad < QUADS; quad += LANES) {
    let at = base + 4u * quad;
    v_store(cell + quad, vec4(qkv[at], qkv[at + 1u], qkv[at + 2u], qkv[at + 3u]));
  }
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup.x * (WIDTH / LANES) + thread / LANES;
  let token = workgroup.y;
  let lane = thread % LANES;
  let base = token * params.qkvStride + row * HEAD_DIM;
  let position = step.position + token;
  let first_value = params.heads + params.kvHeads;

  var factor = 1.0;
  if (NORMED) {
    factor = norm_factor(square_sum(base, row < first_value, thread));
    // A row's own threads read all of it before any of them changes a channel.
    workgroupBarrier();
  }
  if (row < params.heads) {
    rotate_query(base, position, factor, lane);
  } else if (row < first_value) {
    store_key(base, position, factor, (position * params.kvHeads + row - params.heads) * QUADS, lane);
  } else if (row < first_value + params.kvHeads) {
    store_value(base, (position * params.kvHeads + row - first_value) * QUADS, lane);
  }
}
