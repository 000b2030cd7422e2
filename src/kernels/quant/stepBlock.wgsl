// The scale is a f32 per row and 128 columns; a row's last ones may be fewer.
fn step_of(group: u32) -> f32 {
  var at = group / 4u;
  if (params.groups % 4u != 0u) {
    let row = group / params.groups;
    at = row * ((params.groups + 3u) / 4u) + (group - row * params.groups) / 4u;
  }
  return bitcast<f32>(scales[at]);
}
