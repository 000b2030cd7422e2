// What the entries of `routes` name, and whether this binding holds it.
const ABSENT = 0xffffffffu;

// The expert of an entry, counted from the first one the slot table knows.
fn expert_of(entry: u32) -> u32 {
  return routes[entry].x - params.idBase;
}

// Its slot, counted from the first slot bound here; ABSENT where it is none of them.
fn slot_of(expert: u32) -> u32 {
  if (expert >= arrayLength(&slots)) {
    return ABSENT;
  }
  let slot = slots[expert] - params.slotBase;
  return select(ABSENT, slot, slot < params.slotCount);
}

fn entry_weight(entry: u32) -> f32 {
  return bitcast<f32>(routes[entry].y);
}
