export { layoutOf } from './blocks.ts';
export { decodeRows } from './decode.ts';
export { dequantiseRows } from './dequantise.ts';
export type { DiskType, FileTensor, PackedType, TensorDirectory } from './directory.ts';
export type { ByteRange } from './form.ts';
export { openGguf } from './gguf.ts';
export type { GgufMetadata, GgufModel, GgufValue } from './gguf.ts';
export { GROUP, padCols, quantBytes, scaleBytes } from './layouts.ts';
export type { WeightLayout } from './layouts.ts';
export { quantiseRows } from './quantise.ts';
export type { QuantiseTarget } from './quantise.ts';
export { repackRows } from './repack.ts';
export type { Planes } from './repack.ts';
export { openSafetensors } from './safetensors.ts';
export {
  cutSlice,
  decodeSlice,
  placeColumns,
  repackSlice,
  sliceLayout,
  sliceRanges,
  wholeSlice,
} from './slices.ts';
export type { RowSlice } from './slices.ts';
export type { ByteSource } from './source.ts';
