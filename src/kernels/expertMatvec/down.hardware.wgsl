// The inputs of all entries whose experts are here lie end to end before the lanes, so
// that none idles where an expert is narrow; one reduction then ends them all.
override WEIGH: bool = true;
override MAX_ENTRIES: u32 = 64u;

struct Entry {
  slot: u32,
  expert: u32,
  source: u32, // of its input in x, in vec4
  weight: f32,
}

var<workgroup> found: array<u32, MAX_ENTRIES>; // slot of each entry
var<workgroup> listed: array<Entry, MAX_ENTRIES>; // those that are here, in order
var<workgroup> here: u32;

// Fills `listed` and returns how many there are.
fn list_entries(thread: u32) -> u32 {
  for (var k = thread; k < params.entries; k += THREADS) {
    found[k] = slot_of(expert_of(params.firstEntry + k));
  }
  workgroupBarrier();
  for (var k = thread; k < params.entries; k += THREADS) {
    var place = 0u;
    for (var before = 0u; before < k; before++) {
      place += u32(found[before] != ABSENT);
    }
    if (found[k] != ABSENT) {
      let entry = params.firstEntry + k;
      let weight = select(1.0, entry_weight(entry), WEIGH);
      listed[place] = Entry(found[k], expert_of(entry), k * (params.xStride / 4u), weight);
      place += 1u;
    }
    if (k == params.entries - 1u) {
      here = place;
    }
  }
  return workgroupUniformLoad(&here);
}

fn source_of(v: u32) -> u32 {
  let columns = params.groups * 8u;
  return listed[v / columns].source + v % columns;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let lane = thread % LANES;
  let team = thread / LANES;
  let first = (workgroup.x * TEAMS + team) * 4u;
  let rows = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(params.rows - 1u));
  let entries = list_entries(thread);

  let groups = entries * params.groups;
  var sums = vec4<f32>(0.0);
  for (var start = 0u; start < groups; start += LANES) {
    _ = stage(start, groups, thread);
    workgroupBarrier();
    let group = start + lane;
    if (group < groups) {
      let entry = listed[group / params.groups];
      let at = (entry.slot * params.rows + rows) * params.groups + group % params.groups;
      sums += entry.weight * four_dots(at, staged_group(lane));
    }
    workgroupBarrier();
  }
  sum_lanes(sums, thread, lane);

  let row = first + lane;
  if (lane < 4u && row < params.rows) {
    var value = parts[team * LANES][lane];
    for (var k = 0u; k < entries; k++) {
      value += listed[k].weight * bias_of(listed[k].expert * params.rows + row);
    }
    y[row] += value;
  }
}
