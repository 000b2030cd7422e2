export { layoutOf } from './blocks.ts';
export { decodeRows } from './decode.ts';
export { dequantiseRows } from './dequantise.ts';
export { quantiseRows } from './quantise.ts';
export type { QuantiseTarget } from './quantise.ts';
export { repackRows } from './repack.ts';
export type { Planes } from './repack.ts';
