// From logits to entries. Nothing is sorted: an expert's rank is the count of better
// ones, its place among the entries the count of chosen ones before it. Experts are
// compared by keys, numbers of the choice's order, so that ranks are all different
// whatever the logits are: a tie goes to the lower index.
override SCORE: u32; // 0 softmax, 1 softmax of the chosen, 2 sigmoid
override GROUPS: u32 = 0u; // 0 none, 1 a group's best, 2 the sum of its two best
override SELECT_BIAS: bool = false;
override SHARED_GATE: bool = false;
override MAX_EXPERTS: u32;
override SUM_GROUPS: bool = GROUPS == 2u;

const LIMIT = 3.0e38; // infinities are held there
const MASKED = 0u; // below the key of any number

var<workgroup> logits: array<f32, MAX_EXPERTS + 1u>; // the last may be the shared expert's
var<workgroup> highest_key: atomic<u32>; // of all logits
var<workgroup> keys: array<u32, MAX_EXPERTS>; // of the experts, later the ids of the chosen
var<workgroup> marks: array<u32, MAX_EXPERTS>; // keys of the groups, later 1 where chosen

// Of the softmax: its largest logit, and the sum of exp(logit - highest).
var<private> highest = 0.0;
var<private> total = 1.0;

fn router_rows() -> u32 {
  return params.experts + u32(SHARED_GATE);
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

fn sigmoid(logit: f32) -> f32 {
  let e = exp(-abs(logit));
  return select(e, 1.0, logit >= 0.0) / (1.0 + e);
}

fn score_of(expert: u32) -> f32 {
  if (SCORE == 2u) {
    return sigmoid(logits[expert]);
  }
  return exp(logits[expert] - highest) / total;
}

// What experts are chosen by. Scores rise with logits, which differ where scores have
// run into 0 or 1, so scores are asked only where something is added to them.
fn choice_of(expert: u32) -> f32 {
  if (SCORE == 1u || !(SELECT_BIAS || SUM_GROUPS)) {
    return logits[expert] + select_bias_of(expert);
  }
  return score_of(expert) + select_bias_of(expert);
}

// Key of a group of `size` experts, at least two where they are summed.
fn group_key(group: u32, size: u32) -> u32 {
  var best = 0u;
  var second = 0u;
  for (var e = group * size; e < (group + 1u) * size; e++) {
    second = max(second, min(best, keys[e]));
    best = max(best, keys[e]);
  }
  if (SUM_GROUPS) {
    return key_of(value_of(best) + value_of(second));
  }
  return best;
}

fn group_rank(group: u32) -> u32 {
  var rank = 0u;
  for (var other = 0u; other < params.groupCount; other++) {
    rank += u32(marks[other] > marks[group] || (marks[other] == marks[group] && other < group));
  }
  return rank;
}

// Experts of all but the best groups take no part.
fn mask_groups(thread: u32) {
  let size = params.experts / params.groupCount;
  for (var group = thread; group < params.groupCount; group += THREADS) {
    marks[group] = group_key(group, size);
  }
  workgroupBarrier();
  for (var e = thread; e < params.experts; e += THREADS) {
    if (group_rank(e / size) >= params.groupKept) {
      keys[e] = MASKED;
    }
  }
  workgroupBarrier();
}

fn rank_of(expert: u32) -> u32 {
  let key = keys[expert];
  var rank = 0u;
  for (var other = 0u; other < params.experts; other++) {
    rank += u32(keys[other] > key || (keys[other] == key && other < expert));
  }
  return rank;
}

fn place_of(expert: u32) -> u32 {
  var place = 0u;
  for (var before = 0u; before < expert; before++) {
    place += marks[before];
  }
  return place;
}

// Leaves the ids of the chosen in keys[0..topK], ascending.
fn choose(thread: u32) {
  for (var e = thread; e < params.experts; e += THREADS) {
    keys[e] = key_of(choice_of(e));
  }
  workgroupBarrier();
  if (GROUPS != 0u) {
    mask_groups(thread);
  }
  for (var e = thread; e < params.experts; e += THREADS) {
    marks[e] = u32(rank_of(e) < params.topK);
  }
  workgroupBarrier();
  for (var e = thread; e < params.experts; e += THREADS) {
    if (marks[e] == 1u) {
      keys[place_of(e)] = e;
    }
  }
  workgroupBarrier();
}
