// One workgroup takes IDS ids at a time. A bit for each token that chose an id gives both
// the id's count and, as the number of bits below a token's own, the token's place: the
// same order on every run, with nothing sorted.
const THREADS = 256u;
override IDS: u32; // at most 128
override WORDS: u32; // of 32 tokens each
const ABSENT = 0xffffffffu;

var<workgroup> chosen: array<atomic<u32>, IDS * WORDS>; // [IDS][WORDS]
var<workgroup> counts: array<u32, IDS>; // entries
var<workgroup> starts: array<u32, IDS>; // in order; ABSENT where the id is left out

fn tiles_for(count: u32) -> u32 {
  return (count + params.tile - 1u) / params.tile;
}

// Where an entry's id lies in the block that begins at `first`; an id before it wraps past its end.
fn place_of(entry: u32, first: u32) -> u32 {
  return routes[entry].x - params.idBase - first;
}

fn mark(first: u32, ids: u32, entries: u32, thread: u32) {
  for (var entry = thread; entry < entries; entry += THREADS) {
    let i = place_of(entry, first);
    let token = entry / params.perToken;
    if (i < ids) {
      atomicOr(&chosen[i * WORDS + token / 32u], 1u << (token % 32u));
    }
  }
}

fn count(i: u32, slot: u32) -> u32 {
  if (slot == ABSENT) {
    return 0u;
  }
  var total = 0u;
  for (var word = 0u; word * 32u < step.tokens; word++) {
    total += countOneBits(atomicLoad(&chosen[i * WORDS + word]));
  }
  return total;
}

fn rank(i: u32, token: u32) -> u32 {
  var below = 0u;
  for (var word = 0u; word < token / 32u; word++) {
    below += countOneBits(atomicLoad(&chosen[i * WORDS + word]));
  }
  let own = atomicLoad(&chosen[i * WORDS + token / 32u]);
  return below + countOneBits(own & ((1u << (token % 32u)) - 1u));
}

fn scatter(first: u32, ids: u32, entries: u32, thread: u32) {
  for (var entry = thread; entry < entries; entry += THREADS) {
    let i = place_of(entry, first);
    if (i < ids && starts[i] != ABSENT) {
      order[starts[i] + rank(i, entry / params.perToken)] = entry;
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let entries = step.tokens * params.perToken;
  var before = vec2<u32>(0u); // entries and tiles of the ids before
  for (var first = 0u; first < params.ids; first += IDS) {
    let ids = min(IDS, params.ids - first);
    for (var word = thread; word < ids * WORDS; word += THREADS) {
      atomicStore(&chosen[word], 0u);
    }
    workgroupBarrier();
    mark(first, ids, entries, thread);
    workgroupBarrier();
    if (thread < ids) {
      counts[thread] = count(thread, slots[first + thread]);
    }
    workgroupBarrier();

    var own = before;
    for (var i = 0u; i < ids; i++) {
      let made = vec2<u32>(counts[i], tiles_for(counts[i]));
      own += select(vec2<u32>(0u), made, i < thread);
      before += made;
    }
    if (thread < ids) {
      let total = counts[thread];
      starts[thread] = select(own.x, ABSENT, total == 0u);
      for (var start = 0u; start < total; start += params.tile) {
        tiles[own.y + start / params.tile] = vec4<u32>(
          first + thread, slots[first + thread], own.x + start, min(params.tile, total - start));
      }
    }
    workgroupBarrier();
    scatter(first, ids, entries, thread);
    workgroupBarrier();
  }
  if (thread == 0u) {
    let grid = array<u32, 8>(
      params.blocksGateUp, before.y, 1u, 0u, params.blocksDown, before.y, 1u, 0u);
    for (var i = 0u; i < 8u; i++) {
      args[i] = grid[i];
    }
  }
}
