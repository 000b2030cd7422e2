// A workgroup of 64 threads: 32 tokens of one head against 32 keys at a time, both
// staged 32 channels at a time. A thread owns 4 tokens throughout: 4 x 4 scores, then
// 4 x 4 channels of each run of 32. Tiles of keys begin at multiples of 32, and a
// tile a token sees nothing of changes nothing for it, so the order of a token's sums
// does not depend on where the chunk began.
override HEAD_DIM: u32;
override QUADS = HEAD_DIM / 4u;

const ROWS = 32u; // tokens, and keys, of a tile
const RUN = 8u; // quads of a run of channels
const THREADS = 64u;

var<workgroup> queries: array<vec4<f32>, RUN * ROWS>; // [quad, token]
var<workgroup> cells: array<vec4<f32>, RUN * ROWS>; // keys [quad, key], then values [key, quad]
var<workgroup> weights: array<vec4<f32>, ROWS * RUN>; // [key, tokens/4]
var<workgroup> tops: array<vec4<f32>, 8u * RUN>; // [keys/4, tokens/4]

// What a workgroup is to do; the same for all its threads.
struct Place {
  head: u32,
  kv_head: u32,
  first_token: u32,
  end: u32, // the first position that is not in the cache
}

fn stage_run(place: Place, first_key: u32, run: u32, thread: u32) {
  for (var item = thread; item < ROWS * RUN; item += THREADS) {
    let quad = item % RUN;
    let row = item / RUN;
    let channel = run * RUN + quad;
    let token = place.first_token + row;
    var q = vec4(0.0);
    var k = vec4(0.0);
    if (channel < QUADS) {
      if (token < step.tokens) {
        q = qkv[(token * params.qkvStride + place.head * HEAD_DIM) / 4u + channel];
      }
      if (first_key + row < place.end) {
        k = k_load(((first_key + row) * params.kvHeads + place.kv_head) * QUADS + channel);
      }
    }
    queries[quad * ROWS + row] = q;
    cells[quad * ROWS + row] = k;
  }
}

fn stage_values(place: Place, first_key: u32, run: u32, thread: u32) {
  for (var item = thread; item < ROWS * RUN; item += THREADS) {
    let channel = run * RUN + item % RUN;
    let key = first_key + item / RUN;
    var v = vec4(0.0);
    if (channel < QUADS && key < place.end) {
      v = v_load((key * params.kvHeads + place.kv_head) * QUADS + channel);
    }
    cells[item] = v;
  }
}

// Column j holds the scores of the thread's 4 tokens with key keys + j * 8.
fn score_tile(place: Place, first_key: u32, thread: u32) -> mat4x4<f32> {
  let tokens = 4u * (thread / 8u);
  let keys = thread % 8u;
  var score = mat4x4<f32>();
  for (var run = 0u; run < runtime(CHUNKS); run++) {
    stage_run(place, first_key, run, thread);
    workgroupBarrier();
    for (var quad = 0u; quad < runtime(RUN); quad++) {
      let at = quad * ROWS + tokens;
      let q0 = queries[at];
      let q1 = queries[at + 1u];
      let q2 = queries[at + 2u];
      let q3 = queries[at + 3u];
      for (var j = 0u; j < 4u; j++) {
        let k = cells[quad * ROWS + keys + j * 8u];
        score[j] += vec4(dot(q0, k), dot(q1, k), dot(q2, k), dot(q3, k));
      }
    }
    workgroupBarrier();
  }
  return score;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let place = Place(
    workgroup.y,
    workgroup.y / (params.heads / params.kvHeads),
    workgroup.x * ROWS,
    step.position + step.tokens,
  );
  if (place.first_token >= step.tokens) {
    return;
  }
  let tokens = 4u * (thread / 8u); // the thread's 4 tokens, counted in the tile
  let lane = thread % 8u; // its keys are lane + 8 j, its channels the lane-th quad of a run
  let last = min(place.first_token + ROWS, step.tokens) - 1u;
  let position = step.position + place.first_token + tokens + vec4(0u, 1u, 2u, 3u);
  let seen = vec4(first_seen(position.x), first_seen(position.y), first_seen(position.z), first_seen(position.w));
  let start = first_seen(step.position + place.first_token) / ROWS * ROWS;

  var sums: array<vec4<f32>, 4u * CHUNKS>; // [run, token]
  var highest = vec4(LOWEST); // of each token
  var total = vec4(0.0); // this thread's share
  if (SINKS) {
    highest = vec4(sink_of(place.head));
    total = vec4(select(0.0, 1.0, lane == 0u));
  }
  for (var first_key = start; first_key <= step.position + last; first_key += ROWS) {
    var score = score_tile(place, first_key, thread);
    var top = highest;
    for (var j = 0u; j < 4u; j++) {
      let key = vec4(first_key + lane + 8u * j);
      score[j] = select(capped(params.scale * score[j]), vec4(LOWEST), (key < seen) | (key > position));
      top = max(top, score[j]);
    }
    tops[lane * RUN + tokens / 4u] = top;
    workgroupBarrier();
    for (var other = 0u; other < runtime(RUN); other++) {
      top = max(top, tops[other * RUN + tokens / 4u]);
    }
    let decay = exp(highest - top);
    highest = top;
    total *= decay;
    for (var j = 0u; j < 4u; j++) {
      let key = vec4(first_key + lane + 8u * j);
      let weight = select(exp(score[j] - top), vec4(0.0), (key < seen) | (key > position));
      weights[(lane + 8u * j) * RUN + tokens / 4u] = weight;
      total += weight;
    }
    for (var run = 0u; run < runs(); run++) {
      stage_values(place, first_key, run, thread);
      workgroupBarrier();
      var sum = mat4x4<f32>();
      for (var key = 0u; key < runtime(ROWS); key++) {
        let value = cells[key * RUN + lane];
        let weight = weights[key * RUN + tokens / 4u];
        sum[0] += weight.x * value;
        sum[1] += weight.y * value;
        sum[2] += weight.z * value;
        sum[3] += weight.w * value;
      }
      for (var i = 0u; i < 4u; i++) {
        sums[4u * run + i] = sums[4u * run + i] * decay[i] + sum[i];
      }
      workgroupBarrier();
    }
  }

  tops[lane * RUN + tokens / 4u] = total;
  workgroupBarrier();
  total = vec4(0.0);
  for (var other = 0u; other < runtime(RUN); other++) {
    total += tops[other * RUN + tokens / 4u];
  }
  for (var i = 0u; i < 4u; i++) {
    let token = place.first_token + tokens + i;
    if (token < step.tokens) {
      for (var run = 0u; run < runs(); run++) {
        let quad = run * RUN + lane;
        if (quad < QUADS) {
          out[(token * params.outStride + place.head * HEAD_DIM) / 4u + quad] = sums[4u * run + i] / total[i];
        }
      }
    }
  }
}
