// Runs of 32 channels that cover a head of up to 256.
const CHUNKS = 8u;
