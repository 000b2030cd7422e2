// Two elements to a word, the even one in the low half.
fn weights_of(group: u32) -> Group {
  let a = quants[group * 4u];
  let b = quants[group * 4u + 1u];
  let c = quants[group * 4u + 2u];
  let d = quants[group * 4u + 3u];
  return Group(
    pair_values(a.x, a.y), pair_values(a.z, a.w), pair_values(b.x, b.y), pair_values(b.z, b.w),
    pair_values(c.x, c.y), pair_values(c.z, c.w), pair_values(d.x, d.y), pair_values(d.z, d.w));
}
