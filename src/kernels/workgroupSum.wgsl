// The sum of `value` over the workgroup, given to every thread. THREADS is a power
// of two. To be called by all threads.
var<workgroup> sum_parts: array<f32, THREADS>;

fn workgroup_sum(value: f32, thread: u32) -> f32 {
  sum_parts[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      sum_parts[thread] += sum_parts[thread + half];
    }
  }
  return workgroupUniformLoad(&sum_parts[0]);
}
