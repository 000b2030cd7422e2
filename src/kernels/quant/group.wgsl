// 32 consecutive columns of a row, as eight vec4: v0 is columns 0..3, v7 is 28..31.
// Named fields, not an array: they stay in registers with no unrolling needed.
struct Group {
  v0: vec4<f32>, v1: vec4<f32>, v2: vec4<f32>, v3: vec4<f32>,
  v4: vec4<f32>, v5: vec4<f32>, v6: vec4<f32>, v7: vec4<f32>,
}

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

fn low_dot(a: Group, b: Group) -> f32 {
  return across(a.v0 * b.v0 + a.v1 * b.v1 + a.v2 * b.v2 + a.v3 * b.v3);
}

fn high_dot(a: Group, b: Group) -> f32 {
  return across(a.v4 * b.v4 + a.v5 * b.v5 + a.v6 * b.v6 + a.v7 * b.v7);
}

fn group_dot(a: Group, b: Group) -> f32 {
  return across(
    a.v0 * b.v0 + a.v1 * b.v1 + a.v2 * b.v2 + a.v3 * b.v3 +
    a.v4 * b.v4 + a.v5 * b.v5 + a.v6 * b.v6 + a.v7 * b.v7);
}

fn group_sum(a: Group) -> f32 {
  return across(a.v0 + a.v1 + a.v2 + a.v3 + a.v4 + a.v5 + a.v6 + a.v7);
}

// scale * q + offset
fn affine(q: Group, scale: f32, offset: f32) -> Group {
  let m = vec4<f32>(offset);
  return Group(
    q.v0 * scale + m, q.v1 * scale + m, q.v2 * scale + m, q.v3 * scale + m,
    q.v4 * scale + m, q.v5 * scale + m, q.v6 * scale + m, q.v7 * scale + m);
}

// Four rows' products with a group of the input, which begin at groups `at` of W.
fn four_dots(at: vec4<u32>, input: Group) -> vec4<f32> {
  let input_sum = group_sum(input);
  return vec4<f32>(
    weights_dot(at.x, input, input_sum), weights_dot(at.y, input, input_sum),
    weights_dot(at.z, input, input_sum), weights_dot(at.w, input, input_sum));
}
