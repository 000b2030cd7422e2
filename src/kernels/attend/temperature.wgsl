// What a query at `position` is multiplied by; 1 for most models.
fn temperature(position: u32) -> f32 {
  if (params.tempScale == 0.0) {
    return 1.0;
  }
  return 1.0 + params.tempScale * log(1.0 + f32((position + params.tempOffset) / params.tempSpan));
}
