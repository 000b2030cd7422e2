// One workgroup samples one token. A logit becomes a key: its bits as an unsigned
// number of the same order. A thread owns a column of keys in `scratch`, every WIDTH-th
// quad of the vocabulary, so only sums over all threads need barriers. Every choice
// (top-k, top-p, the draw, a tie) is a cut: the largest key such that the tokens at or
// above it reach so many or so much. A cut bisects between keys that are there, over
// the few tokens that the best of each chunk of a column shows to matter.
override WIDTH: u32;
override PARTS: u32; // threads a reduction is split over first

const CHUNK = 16u; // rows of a column summed up by the best of them
const NO_KEY = 0u; // not a number: never drawn
const LIMIT = 3.0e38; // infinities are held there
const NO_TOKEN = 0xffffffffu;

// Where each setting lies in `settings`.
const TEMPERATURE = 0u;
const TOP_K = 1u;
const TOP_P = 2u;
const MIN_P = 3u;
const REPETITION = 4u;
const FREQUENCY = 5u;
const PRESENCE = 6u;

// What a cut runs over.
const BESTS = 0u; // the highest key of each chunk
const PACKED = 1u; // the keys packed to the front of the columns
const TIES = 2u; // TIE_KEY - id of those packed that have the one key looked for
const TIE_KEY = 0x7fffffffu;

struct Tally {
  count: f32,
  mass: f32,
  low: u32,
  high: u32,
}

struct Cut {
  key: u32,
  goal: f32, // what was to be reached, at most all there is
  above: Tally, // what the items above the key come to
  all: Tally,
}

const NOTHING = Tally(0.0, 0.0, 0xffffffffu, 0u);

var<workgroup> tallies: array<Tally, WIDTH>;
var<workgroup> parts: array<Tally, PARTS>;
var<workgroup> whole: Tally;

var<private> packed = 0u; // keys this thread has packed
var<private> tied_key = NO_KEY;

fn join(a: Tally, b: Tally) -> Tally {
  return Tally(a.count + b.count, a.mass + b.mass, min(a.low, b.low), max(a.high, b.high));
}

// Over all threads, the same to each of them, and always summed in the same order.
fn reduce(own: Tally, thread: u32) -> Tally {
  tallies[thread] = own;
  workgroupBarrier();
  for (var part = thread; part < PARTS; part += WIDTH) {
    var sum = NOTHING;
    for (var i = part; i < WIDTH; i += PARTS) {
      sum = join(sum, tallies[i]);
    }
    parts[part] = sum;
  }
  workgroupBarrier();
  if (thread == 0u) {
    var sum = NOTHING;
    for (var part = 0u; part < runtime(PARTS); part++) {
      sum = join(sum, parts[part]);
    }
    whole = sum;
  }
  return workgroupUniformLoad(&whole);
}

// `count`, hidden from compilers, lest they unroll a loop: software adapters took
// minutes over what came of it.
fn runtime(count: u32) -> u32 {
  return count * params.vocab / params.vocab;
}

fn rows() -> u32 {
  return 4u * ((params.vocab + 4u * WIDTH - 1u) / (4u * WIDTH));
}

// scratch holds keys, then the ids of packed keys, then the best of each chunk.
fn key_slot(row: u32, thread: u32) -> u32 {
  return row * WIDTH + thread;
}

fn id_slot(row: u32, thread: u32) -> u32 {
  return (rows() + row) * WIDTH + thread;
}

fn best_slot(chunk: u32, thread: u32) -> u32 {
  return (2u * rows() + chunk) * WIDTH + thread;
}

fn id_in(row: u32, thread: u32) -> u32 {
  return 4u * ((row / 4u) * WIDTH + thread) + row % 4u;
}

fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(clamp(value, -LIMIT, LIMIT));
  if ((bits & 0x7fffffffu) == 0u) {
    return 0x80000000u; // both zeros
  }
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}

// NaN is told by its bits: a compiler may assume that there is none.
fn penalised(bits: u32, count: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return NO_KEY;
  }
  var logit = clamp(bitcast<f32>(bits), -LIMIT, LIMIT);
  if (count > 0u) {
    logit = select(logit * settings[REPETITION], logit / settings[REPETITION], logit > 0.0);
    logit -= settings[FREQUENCY] * f32(count) + settings[PRESENCE];
  }
  return key_of(logit);
}

// Probability relative to the most likely token's. The temperature divides the
// difference: 0 for the best whatever it is, where a logit could overflow.
fn weight_of(key: u32, highest: f32) -> f32 {
  return exp((value_of(key) - highest) / max(settings[TEMPERATURE], 1.0e-30));
}

// Fills the thread's column; its best key, and the lowest id that has it.
fn scan(thread: u32) -> vec2<u32> {
  var best = vec2(NO_KEY, NO_TOKEN);
  var of_chunk = NO_KEY;
  for (var row = 0u; row < rows(); row += 4u) {
    let first = id_in(row, thread);
    var logit = vec4(0u);
    var count = vec4(0u);
    if (first < params.vocab) {
      logit = logits[first / 4u];
      count = counts[first / 4u];
    }
    for (var i = 0u; i < 4u; i++) {
      var key = NO_KEY;
      if (first + i < params.vocab) {
        key = penalised(logit[i], count[i]);
      }
      scratch[key_slot(row + i, thread)] = key;
      of_chunk = max(of_chunk, key);
      if (key > best.x) {
        best = vec2(key, first + i);
      }
    }
    if ((row + 4u) % CHUNK == 0u || row + 4u == rows()) {
      scratch[best_slot(row / CHUNK, thread)] = of_chunk;
      of_chunk = NO_KEY;
    }
  }
  return best;
}

fn item(items: u32, row: u32, thread: u32) -> u32 {
  if (items == BESTS) {
    return scratch[best_slot(row, thread)];
  }
  let key = scratch[key_slot(row, thread)];
  if (items == PACKED) {
    return key;
  }
  return select(NO_KEY, TIE_KEY - scratch[id_slot(row, thread)], key == tied_key);
}

// The items at or above the pivot, the lowest of their keys, and the highest of the others'.
fn survey(items: u32, pivot: u32, highest: f32, thread: u32) -> Tally {
  let end = select(packed, (rows() + CHUNK - 1u) / CHUNK, items == BESTS);
  var tally = NOTHING;
  for (var row = 0u; row < end; row++) {
    let key = item(items, row, thread);
    if (key >= pivot) {
      tally.count += 1.0;
      tally.low = min(tally.low, key);
      if (items == PACKED) {
        tally.mass += weight_of(key, highest);
      }
    } else {
      tally.high = max(tally.high, key);
    }
  }
  return reduce(tally, thread);
}

// Of the items from `floor_key` up. 32 halvings of what lies between are enough, and
// the first survey is one more.
fn cut_at(items: u32, by_mass: bool, wanted: f32, floor_key: u32, highest: f32, thread: u32) -> Cut {
  var cut = Cut(0u, wanted, NOTHING, NOTHING);
  var end = select(key_of(highest), TIE_KEY, items == TIES) + 1u; // from here up too little
  var pivot = floor_key;
  for (var i = 0u; i < runtime(33u); i++) {
    let upper = survey(items, pivot, highest, thread);
    if (i == 0u) {
      cut.all = upper;
      cut.goal = min(wanted, select(upper.count, upper.mass, by_mass));
    }
    if (select(upper.count, upper.mass, by_mass) >= cut.goal) {
      cut.key = upper.low;
    } else {
      end = upper.high + 1u;
      cut.above = upper;
    }
    if (end <= cut.key || end - cut.key <= 1u) {
      break;
    }
    pivot = cut.key + (end - cut.key) / 2u;
  }
  return cut;
}

// Packs the keys from `lowest` up to the front of the column. Chunks with none are not read.
fn pack(lowest: u32, thread: u32) {
  for (var row = 0u; row < rows(); row++) {
    if (row % CHUNK == 0u && scratch[best_slot(row / CHUNK, thread)] < lowest) {
      row += CHUNK - 1u;
      continue;
    }
    let key = scratch[key_slot(row, thread)];
    if (key >= lowest) {
      scratch[key_slot(packed, thread)] = key;
      scratch[id_slot(packed, thread)] = id_in(row, thread);
      packed += 1u;
    }
  }
}

// The mass of all tokens. What lies so low that all of it together is less than
// rounding is not read.
fn total_mass(highest: f32, thread: u32) -> f32 {
  let lowest = key_below(log(f32(params.vocab)) + 17.0, highest);
  var own = NOTHING;
  for (var row = 0u; row < rows(); row++) {
    if (row % CHUNK == 0u && scratch[best_slot(row / CHUNK, thread)] < lowest) {
      row += CHUNK - 1u;
      continue;
    }
    let key = scratch[key_slot(row, thread)];
    if (key != NO_KEY) {
      own.mass += weight_of(key, highest);
    }
  }
  return reduce(own, thread).mass;
}

// Of a token exp(-span) times as likely as the best.
fn key_below(span: f32, highest: f32) -> u32 {
  return key_of(highest - max(span, 0.0) * max(settings[TEMPERATURE], 1.0e-30));
}

// min-p keeps the tokens from this key up.
fn min_p_key(highest: f32) -> u32 {
  let share = settings[MIN_P];
  if (share > 0.0) {
    return key_below(-log(min(share, 1.0)), highest);
  }
  return 1u;
}

// Without top-k: a key below which no token can be drawn. All tokens under the span
// weigh less together than what top-p, or else the draw itself, leaves out.
fn lowest_by_mass(total: f32, chance: f32, highest: f32) -> u32 {
  let has_top_p = settings[TOP_P] < 1.0;
  if (!has_top_p && settings[MIN_P] > 0.0) {
    return min_p_key(highest);
  }
  let needed = select(chance, max(settings[TOP_P], 0.0), has_top_p);
  let left_out = max(1.0 - needed, 0x1p-24f) * total;
  return max(min_p_key(highest), key_below(log(f32(params.vocab) / left_out) + 0.01, highest));
}

// PCG, keyed by seed and position: what is drawn does not depend on when it was submitted.
fn pcg(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

fn uniform_draw(position: u32) -> f32 {
  return f32(pcg(pcg(step.seed) ^ position) >> 8u) * 0x1p-24f;
}

// top-k, top-p and min-p each leave the first so many tokens in one order, (logit
// down, id up), so the least of the masses is that of all three. The draw goes
// along the same order. The stages share one call, lest compilers copy it for each.
fn draw(highest: f32, thread: u32) -> u32 {
  let chance = uniform_draw(step.position);
  let top_k = settings[TOP_K];
  var kept = LIMIT;
  if (!(top_k > 0.0)) {
    kept = total_mass(highest, thread);
    pack(lowest_by_mass(kept, chance, highest), thread);
  }
  var nth = 0.0;
  var id = NO_TOKEN;
  for (var stage = 0u; stage < runtime(6u); stage++) {
    var items = PACKED;
    var floor_key = 1u;
    var wanted = 0.0;
    var skipped = false;
    switch (stage) {
      case 0u: { // the k-th best chunk: k tokens are no worse than its best
        items = BESTS;
        wanted = top_k;
        skipped = !(top_k > 0.0);
      }
      case 1u: {
        wanted = top_k;
        skipped = !(top_k > 0.0);
      }
      case 2u: {
        wanted = settings[TOP_P] * kept;
        skipped = !(settings[TOP_P] < 1.0);
      }
      case 3u: {
        floor_key = min_p_key(highest);
        skipped = !(settings[MIN_P] > 0.0);
      }
      case 4u: {
        wanted = chance * kept;
      }
      default: {
        items = TIES;
        wanted = nth + 1.0;
      }
    }
    if (skipped) {
      continue;
    }
    let by_mass = stage >= 2u && stage <= 4u;
    let cut = cut_at(items, by_mass, wanted, floor_key, highest, thread);
    switch (stage) {
      case 0u: {
        pack(select(cut.key, 1u, cut.all.count < top_k), thread);
      }
      case 1u: {
        kept = cut.above.mass + (cut.goal - cut.above.count) * weight_of(cut.key, highest);
      }
      case 2u: {
        let weight = weight_of(cut.key, highest);
        kept = min(kept, cut.above.mass + max(ceil((cut.goal - cut.above.mass) / weight), 1.0) * weight);
      }
      case 3u: {
        kept = min(kept, cut.all.mass);
      }
      case 4u: {
        tied_key = cut.key;
        nth = floor(max(cut.goal - cut.above.mass, 0.0) / weight_of(cut.key, highest));
      }
      default: {
        id = TIE_KEY - cut.key;
      }
    }
  }
  return id;
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(local_invocation_index) thread: u32) {
  let own = scan(thread);
  let top = reduce(Tally(0.0, 0.0, NO_TOKEN, own.x), thread).high;
  var id = NO_TOKEN;
  if (top != NO_KEY) {
    if (settings[TEMPERATURE] > 0.0) {
      id = draw(value_of(top), thread);
    } else {
      id = reduce(Tally(0.0, 0.0, select(NO_TOKEN, own.y, own.x == top), 0u), thread).low;
    }
  }
  if (thread == 0u) {
    timeline[step.position + step.tokens] = id;
    if (id < params.vocab) {
      counts[id / 4u][id % 4u] += 1u;
    }
  }
}
