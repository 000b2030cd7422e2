// Runs of 32 channels that cover a head of up to 256. That many sums do not fit in
// registers, so nothing is gained, and compiling takes long, if the loop is unrolled.
const CHUNKS = 8u;

fn runs() -> u32 {
  return runtime(CHUNKS);
}
