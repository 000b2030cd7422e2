// A workgroup: up to four query heads of one kv head, over one slice of the context.
// A vec4 holds a number for each of the heads.
override WIDTH: u32; // threads
override TILE: u32; // positions whose scores are held at once
override PARTS: u32; // threads a reduction is split over first
override HEAD_DIM: u32;
override GROUP: u32; // query heads per kv head
override QUADS = HEAD_DIM / 4u;
override BLOCKS = (GROUP + 3u) / 4u; // workgroups that share a kv head
override HELD = (GROUP + BLOCKS - 1u) / BLOCKS; // query heads of a workgroup, at most 4
override STRIPES = max(1u, WIDTH / QUADS); // threads that share a quad of channels

// A slice no shorter: a short context is not worth many workgroups.
const MIN_SLICE = 32u;

var<workgroup> queries: array<vec4<f32>, HELD * QUADS>; // scaled
var<workgroup> fresh_k: array<vec4<f32>, QUADS>; // of the new token, as the cache gives it back
var<workgroup> fresh_v: array<vec4<f32>, QUADS>;
var<workgroup> squares: array<f32, 5u * PARTS>; // of the query heads, then of the key
var<workgroup> scores: array<vec4<f32>, TILE>; // then their exponentials
var<workgroup> parts: array<vec4<f32>, PARTS>;
var<workgroup> totals: array<vec4<f32>, WIDTH>;
var<workgroup> sums: array<vec4<f32>, STRIPES * HELD * QUADS>; // weighted values so far

// What a workgroup is to do; the same for all its threads.
struct Place {
  kv_head: u32,
  first_head: u32,
  held: u32, // query heads
  begin: u32, // positions [begin, end)
  end: u32,
  writes: bool, // the new key and value to the cache
}

fn place_of(workgroup: vec3<u32>) -> Place {
  let kv_head = workgroup.x / BLOCKS;
  let block = workgroup.x % BLOCKS;
  let seen = first_seen(step.position);
  let slice = max((step.position - seen + params.splits) / params.splits, MIN_SLICE);
  let begin = seen + workgroup.y * slice;
  let end = min(begin + slice, step.position + 1u);
  let held = min(HELD, GROUP - block * HELD);
  return Place(kv_head, kv_head * GROUP + block * HELD, held, begin, end, block == 0u);
}

// Where a head's result over this slice lies: (highest, total, 0, 0), then the weighted values.
fn record_of(head: u32, split: u32) -> u32 {
  return (head * params.splits + split) * (QUADS + 1u);
}

fn cell_of(position: u32, kv_head: u32) -> u32 {
  return (position * params.kvHeads + kv_head) * QUADS;
}

// Row `row` of those a workgroup needs, in qkv: its query heads, then the key.
fn base_of(row: u32, place: Place) -> u32 {
  if (row < place.held) {
    return (place.first_head + row) * HEAD_DIM;
  }
  return (params.heads + place.kv_head) * HEAD_DIM;
}

fn sum_squares(place: Place, thread: u32) {
  for (var item = thread; item < (place.held + 1u) * PARTS; item += WIDTH) {
    let base = base_of(item / PARTS, place);
    var sum = 0.0;
    for (var channel = item % PARTS; channel < HEAD_DIM; channel += PARTS) {
      let value = qkv[base + channel];
      sum += value * value;
    }
    squares[item] = sum;
  }
}

fn factor_of(row: u32) -> f32 {
  var square_sum = 0.0;
  if (NORMED) {
    for (var part = 0u; part < runtime(PARTS); part++) {
      square_sum += squares[row * PARTS + part];
    }
  }
  return norm_factor(square_sum);
}

// Norms and rotates, and where the slice ends at the new token, stores its k and v.
fn prepare(place: Place, thread: u32) {
  if (NORMED) {
    sum_squares(place, thread);
    workgroupBarrier();
  }
  let has_new = place.end > step.position;
  let rows = select(place.held, place.held + 1u, has_new);
  for (var item = thread; item < rows * QUADS; item += WIDTH) {
    let row = item / QUADS;
    let base = base_of(row, place);
    let factor = factor_of(row);
    var value = vec4(0.0);
    for (var c = 0u; c < 4u; c++) {
      value[c] = rotated(base, step.position, 4u * (item % QUADS) + c, factor, row == place.held);
    }
    if (row < place.held) {
      queries[item] = params.scale * temperature(step.position) * value;
    } else {
      store_new(place, item % QUADS, value);
    }
  }
  for (var item = thread; item < STRIPES * HELD * QUADS; item += WIDTH) {
    sums[item] = vec4(0.0);
  }
  workgroupBarrier();
}

fn store_new(place: Place, quad: u32, key: vec4<f32>) {
  let at = (params.heads + params.kvHeads + place.kv_head) * HEAD_DIM + 4u * quad;
  let value = vec4(qkv[at], qkv[at + 1u], qkv[at + 2u], qkv[at + 3u]);
  fresh_k[quad] = kv_unpack(kv_pack(key));
  fresh_v[quad] = kv_unpack(kv_pack(value));
  if (place.writes) {
    k_store(cell_of(step.position, place.kv_head) + quad, key);
    v_store(cell_of(step.position, place.kv_head) + quad, value);
  }
}

// q · k for each head held.
fn dots(quad: u32, k: vec4<f32>) -> vec4<f32> {
  var each = vec4(dot(queries[quad], k), 0.0, 0.0, 0.0);
  if (HELD > 1u) {
    each.y = dot(queries[QUADS + quad], k);
  }
  if (HELD > 2u) {
    each.z = dot(queries[2u * QUADS + quad], k);
  }
  if (HELD > 3u) {
    each.w = dot(queries[3u * QUADS + quad], k);
  }
  return each;
}

fn key_of(position: u32, place: Place, quad: u32) -> vec4<f32> {
  if (position == step.position) {
    return fresh_k[quad];
  }
  return k_load(cell_of(position, place.kv_head) + quad);
}

fn score_of(position: u32, place: Place) -> vec4<f32> {
  if (position >= place.end) {
    return vec4(LOWEST);
  }
  var score = vec4(0.0);
  let quads = runtime(QUADS);
  for (var quad = 0u; quad < quads; quad++) {
    score += dots(quad, key_of(position, place, quad));
  }
  return capped(score);
}

// Fills `scores` for the tile; the highest of them and of `before`.
fn score_tile(first: u32, place: Place, before: vec4<f32>, thread: u32) -> vec4<f32> {
  for (var i = thread; i < TILE; i += WIDTH) {
    scores[i] = score_of(first + i, place);
  }
  workgroupBarrier();
  for (var part = thread; part < PARTS; part += WIDTH) {
    var top = vec4(LOWEST);
    for (var i = part; i < TILE; i += PARTS) {
      top = max(top, scores[i]);
    }
    parts[part] = top;
  }
  workgroupBarrier();
  var top = before;
  for (var part = 0u; part < runtime(PARTS); part++) {
    top = max(top, parts[part]);
  }
  return top;
}

fn value_of(position: u32, place: Place, quad: u32) -> vec4<f32> {
  if (position == step.position) {
    return fresh_v[quad];
  }
  return v_load(cell_of(position, place.kv_head) + quad);
}

fn add_values(first: u32, place: Place, decay: vec4<f32>, thread: u32) {
  let count = min(TILE, place.end - first);
  for (var item = thread; item < QUADS * STRIPES; item += WIDTH) {
    let quad = item % QUADS;
    let stripe = item / QUADS;
    var sum0 = vec4(0.0);
    var sum1 = vec4(0.0);
    var sum2 = vec4(0.0);
    var sum3 = vec4(0.0);
    for (var i = stripe; i < count; i += STRIPES) {
      let weight = scores[i];
      let value = value_of(first + i, place, quad);
      sum0 += weight.x * value;
      if (HELD > 1u) {
        sum1 += weight.y * value;
      }
      if (HELD > 2u) {
        sum2 += weight.z * value;
      }
      if (HELD > 3u) {
        sum3 += weight.w * value;
      }
    }
    let cell = stripe * HELD * QUADS + quad;
    sums[cell] = sums[cell] * decay.x + sum0;
    if (HELD > 1u) {
      sums[cell + QUADS] = sums[cell + QUADS] * decay.y + sum1;
    }
    if (HELD > 2u) {
      sums[cell + 2u * QUADS] = sums[cell + 2u * QUADS] * decay.z + sum2;
    }
    if (HELD > 3u) {
      sums[cell + 3u * QUADS] = sums[cell + 3u * QUADS] * decay.w + sum3;
    }
  }
}

fn write_partials(place: Place, split: u32, highest: vec4<f32>, total: vec4<f32>, thread: u32) {
  totals[thread] = total;
  workgroupBarrier();
  for (var part = thread; part < PARTS; part += WIDTH) {
    var sum = vec4(0.0);
    for (var i = part; i < WIDTH; i += PARTS) {
      sum += totals[i];
    }
    parts[part] = sum;
  }
  workgroupBarrier();
  for (var head = thread; head < place.held; head += WIDTH) {
    var sum = vec4(0.0);
    for (var part = 0u; part < runtime(PARTS); part++) {
      sum += parts[part];
    }
    partials[record_of(place.first_head + head, split)] = vec4(highest[head], sum[head], 0.0, 0.0);
  }
  for (var item = thread; item < place.held * QUADS; item += WIDTH) {
    var sum = vec4(0.0);
    for (var stripe = 0u; stripe < STRIPES; stripe++) {
      sum += sums[stripe * HELD * QUADS + item];
    }
    partials[record_of(place.first_head + item / QUADS, split) + 1u + item % QUADS] = sum;
  }
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let place = place_of(workgroup);
  let split = workgroup.y;
  if (place.begin >= place.end) {
    for (var head = thread; head < place.held; head += WIDTH) {
      partials[record_of(place.first_head + head, split)] = vec4(0.0);
    }
    return;
  }
  prepare(place, thread);
  var highest = vec4(LOWEST);
  var total = vec4(0.0); // this thread's share of the exponentials
  for (var first = place.begin; first < place.end; first += TILE) {
    let top = score_tile(first, place, highest, thread);
    let decay = exp(highest - top);
    highest = top;
    total *= decay;
    for (var i = thread; i < TILE; i += WIDTH) {
      let weight = exp(scores[i] - top);
      scores[i] = weight;
      total += weight;
    }
    workgroupBarrier();
    add_values(first, place, decay, thread);
    workgroupBarrier();
  }
  write_partials(place, split, highest, total, thread);
}
