// Runs of 32 channels that cover a head of up to 128.
const CHUNKS = 4u;

fn runs() -> u32 {
  return CHUNKS;
}
