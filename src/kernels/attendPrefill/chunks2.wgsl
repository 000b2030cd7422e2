// Runs of 32 channels that cover a head of up to 64.
const CHUNKS = 2u;

fn runs() -> u32 {
  return CHUNKS;
}
