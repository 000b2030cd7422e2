// One workgroup samples one token. Everything is decided by comparing keys, the
// order-preserving bits of the penalised logits, so no sorting: a radix selection
// over four digits finds the k-th largest key, another the key at which the mass
// reaches topP. Masses are summed as 64-bit integers, which no order of threads
// can change.
override WIDTH: u32 = 256u;

const BINS = 256u;
const MASS_ONE = 2147483648.0; // 2^31 stands for the mass of the most likely token

struct Cut {
  key: u32,   // keys above are kept
  ties: u32,  // and of those equal to it, this many by lowest index
}

var<workgroup> counts_of: array<atomic<u32>, BINS>;
var<workgroup> low_of: array<atomic<u32>, BINS>;
var<workgroup> high_of: array<atomic<u32>, BINS>;
var<workgroup> keys: array<u32, WIDTH>;
var<workgroup> ids: array<u32, WIDTH>;
var<workgroup> sums: array<f32, WIDTH>;
var<workgroup> digit: u32;
var<workgroup> remaining_count: u32;
var<workgroup> remaining_mass: f32;
var<workgroup> chosen: vec2<u32>;

var<private> top: f32; // the largest penalised logit
var<private> top_key: u32;
var<private> inverse_temperature: f32;

fn adjusted(i: u32) -> f32 {
  var v = clamp(logits[i], -3.0e38, 3.0e38);
  let count = counts[i];
  if (count > 0u) {
    v = select(v * settings[4], v / settings[4], v > 0.0);
    v -= settings[5] * f32(count) + settings[6];
  }
  return v;
}

// 0 for what is not a number, so that it is never chosen. Told by its bits: a
// compiler may assume that no NaN exists.
fn key_of(i: u32) -> u32 {
  if ((bitcast<u32>(logits[i]) & 0x7fffffffu) > 0x7f800000u) {
    return 0u;
  }
  let bits = bitcast<u32>(adjusted(i));
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}

// Probability relative to the most likely token's.
fn mass_of(key: u32) -> f32 {
  return exp(max((value_of(key) - top) * inverse_temperature, -100.0));
}

fn add_mass(bin: u32, mass: u32) {
  let before = atomicAdd(&low_of[bin], mass);
  if (before > 0xffffffffu - mass) {
    atomicAdd(&high_of[bin], 1u);
  }
}

// `mass` so many times over, by doubling.
fn add_masses(bin: u32, mass: u32, times: u32) {
  var low = mass;
  var high = 0u;
  for (var left = times; left > 0u; left >>= 1u) {
    if ((left & 1u) != 0u) {
      add_mass(bin, low);
      atomicAdd(&high_of[bin], high);
    }
    high = (high << 1u) | (low >> 31u);
    low <<= 1u;
  }
}

fn bin_mass(bin: u32) -> f32 {
  return f32(atomicLoad(&high_of[bin])) * 4294967296.0 + f32(atomicLoad(&low_of[bin]));
}

fn clear_bins(thread: u32) {
  for (var bin = thread; bin < BINS; bin += WIDTH) {
    atomicStore(&counts_of[bin], 0u);
    atomicStore(&low_of[bin], 0u);
    atomicStore(&high_of[bin], 0u);
  }
}

// The largest key and the lowest index that has it.
fn find_top(thread: u32) -> vec2<u32> {
  var best = vec2<u32>(0u, 0u);
  for (var i = thread; i < params.vocab; i += WIDTH) {
    let key = key_of(i);
    if (key > best.x) {
      best = vec2<u32>(key, i);
    }
  }
  keys[thread] = best.x;
  ids[thread] = best.y;
  workgroupBarrier();
  if (thread == 0u) {
    for (var other = 1u; other < WIDTH; other++) {
      if (keys[other] > best.x || (keys[other] == best.x && ids[other] < best.y)) {
        best = vec2<u32>(keys[other], ids[other]);
      }
    }
    chosen = best;
  }
  return workgroupUniformLoad(&chosen);
}

// The k-th largest key.
fn cut_by_count(k: u32, thread: u32) -> Cut {
  var prefix = 0u;
  var mask = 0u;
  if (thread == 0u) {
    remaining_count = k;
  }
  for (var shift = 24u; ; shift -= 8u) {
    clear_bins(thread);
    workgroupBarrier();
    for (var i = thread; i < params.vocab; i += WIDTH) {
      let key = key_of(i);
      if ((key & mask) == prefix) {
        atomicAdd(&counts_of[(key >> shift) & 255u], 1u);
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      digit = 255u;
      for (; digit > 0u; digit--) {
        let here = atomicLoad(&counts_of[digit]);
        if (here >= remaining_count) {
          break;
        }
        remaining_count -= here;
      }
    }
    prefix |= workgroupUniformLoad(&digit) << shift;
    mask |= 255u << shift;
    if (shift == 0u) {
      break;
    }
  }
  return Cut(prefix, workgroupUniformLoad(&remaining_count));
}

// The bin in which the remaining mass is reached, from the top. Where rounding leaves
// some unmet, all of the lowest bin that has any.
fn pick_digit() {
  var lowest = 255u;
  for (var bin = 256u; bin > 0u; bin--) {
    let here = bin_mass(bin - 1u);
    if (here == 0.0) {
      continue;
    }
    lowest = bin - 1u;
    if (here >= remaining_mass) {
      digit = lowest;
      return;
    }
    remaining_mass -= here;
  }
  digit = lowest;
  remaining_mass = bin_mass(lowest);
}

// The key at which the mass of what `before` keeps reaches `share` of its whole.
fn cut_by_mass(before: Cut, share: f32, thread: u32) -> Cut {
  var prefix = 0u;
  var mask = 0u;
  for (var shift = 24u; ; shift -= 8u) {
    clear_bins(thread);
    workgroupBarrier();
    for (var i = thread; i < params.vocab; i += WIDTH) {
      let key = key_of(i);
      if (key > before.key && (key & mask) == prefix) {
        add_mass((key >> shift) & 255u, u32(mass_of(key) * MASS_ONE));
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      if ((before.key & mask) == prefix) {
        add_masses((before.key >> shift) & 255u, u32(mass_of(before.key) * MASS_ONE), before.ties);
      }
      if (shift == 24u) {
        remaining_mass = 0.0;
        for (var bin = 0u; bin < BINS; bin++) {
          remaining_mass += bin_mass(bin);
        }
        remaining_mass *= share;
      }
      pick_digit();
    }
    prefix |= workgroupUniformLoad(&digit) << shift;
    mask |= 255u << shift;
    if (shift == 0u) {
      break;
    }
  }
  let each = max(floor(mass_of(prefix) * MASS_ONE), 1.0);
  let wanted = u32(clamp(ceil(workgroupUniformLoad(&remaining_mass) / each), 1.0, 4.0e9));
  return Cut(prefix, select(wanted, min(wanted, before.ties), prefix == before.key));
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

// Draws among what the cut and minP keep, in order of index, a block of ids to a thread.
fn draw(cut: Cut, thread: u32) -> u32 {
  let block = (params.vocab + WIDTH - 1u) / WIDTH;
  let first = min(thread * block, params.vocab);
  let last = min(first + block, params.vocab);
  var ties = 0u;
  for (var i = first; i < last; i++) {
    ties += select(0u, 1u, key_of(i) == cut.key);
  }
  ids[thread] = ties;
  workgroupBarrier();
  var seen = 0u;
  for (var other = 0u; other < thread; other++) {
    seen += ids[other];
  }
  let seen_before = seen;
  var total = 0.0;
  for (var i = first; i < last; i++) {
    total += kept_mass(i, cut, &seen);
  }
  sums[thread] = total;
  workgroupBarrier();
  if (thread == 0u) {
    chosen = choose_block(uniform_draw(step.position));
  }
  let where_to = workgroupUniformLoad(&chosen);
  let goal = bitcast<f32>(where_to.y);
  if (thread == where_to.x) {
    var running = 0.0;
    var again = seen_before;
    var pick = first;
    for (var i = first; i < last; i++) {
      let mass = kept_mass(i, cut, &again);
      if (mass > 0.0) {
        running += mass;
        pick = i;
        if (running > goal) {
          break;
        }
      }
    }
    digit = pick;
  }
  return workgroupUniformLoad(&digit);
}

fn kept_mass(i: u32, cut: Cut, ties: ptr<function, u32>) -> f32 {
  let key = key_of(i);
  if (key < cut.key || key == 0u) {
    return 0.0;
  }
  if (key == cut.key) {
    *ties += 1u;
    if (*ties > cut.ties) {
      return 0.0;
    }
  }
  let mass = mass_of(key);
  return select(0.0, mass, mass >= settings[3] || key == top_key);
}

// The thread whose block the draw falls in, and how far into it, as bits.
fn choose_block(u: f32) -> vec2<u32> {
  var total = 0.0;
  for (var block = 0u; block < WIDTH; block++) {
    total += sums[block];
  }
  var left = u * total;
  var last = 0u;
  for (var block = 0u; block < WIDTH; block++) {
    if (sums[block] > 0.0) {
      if (left < sums[block]) {
        return vec2<u32>(block, bitcast<u32>(left));
      }
      left -= sums[block];
      last = block;
    }
  }
  return vec2<u32>(last, bitcast<u32>(3.0e38f));
}

@compute @workgroup_size(WIDTH)
fn main(@builtin(local_invocation_index) thread: u32) {
  let best = find_top(thread);
  var id = best.y;
  let temperature = settings[0];
  if (temperature > 0.0 && best.x != 0u) {
    top = value_of(best.x);
    top_key = best.x;
    inverse_temperature = 1.0 / temperature;
    var cut = Cut(0u, 0xffffffffu);
    let k = u32(settings[1]);
    if (k > 0u && k < params.vocab) {
      cut = cut_by_count(k, thread);
    }
    if (settings[2] < 1.0) {
      cut = cut_by_mass(Cut(cut.key, select(cut.ties, 0u, cut.key == 0u)), settings[2], thread);
    }
    id = draw(cut, thread);
  }
  if (thread == 0u) {
    let no_number = best.x == 0u;
    timeline[step.position + step.tokens] = select(id, 0xffffffffu, no_number);
    if (!no_number) {
      counts[id] += 1u;
    }
  }
}
