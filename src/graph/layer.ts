/** One layer: what its spec says mixes tokens, then what it says works on each. */
import type { KernelShape } from '../kernels/index.ts';
import type { LayerSpec, ModelSpec } from '../models/index.ts';
import type { ProgramBuilder } from './builder.ts';
import { decodeConv, prefillConv } from './conv.ts';
import { decodeDense, prefillDense } from './dense.ts';
import { decodeGqa, gqaPartialFloats, prefillGqa } from './gqa.ts';
import { decodeMla, mlaPartialFloats, prefillMla } from './mla.ts';
import { decodeMoe, prefillMoe } from './moe.ts';

export function decodeLayer(b: ProgramBuilder, layer: LayerSpec, at: number): void {
  const { attention, ffn } = layer;
  if (attention.kind === 'gqa') decodeGqa(b, layer, attention, at);
  else if (attention.kind === 'mla') decodeMla(b, layer, attention, at);
  else decodeConv(b, attention, at);
  if (ffn.kind === 'dense') decodeDense(b, layer, ffn, at);
  else decodeMoe(b, layer, ffn, at);
}

export function prefillLayer(b: ProgramBuilder, layer: LayerSpec, at: number): void {
  const { attention, ffn } = layer;
  if (attention.kind === 'gqa') prefillGqa(b, layer, attention, at);
  else if (attention.kind === 'mla') prefillMla(b, layer, attention, at);
  else prefillConv(b, attention, at);
  if (ffn.kind === 'dense') prefillDense(b, layer, ffn, at);
  else prefillMoe(b, layer, ffn, at);
}

/** Floats that one token's split attention needs for its partial sums. */
export function partialFloats(spec: ModelSpec, shape: KernelShape): number {
  const floats = spec.layers.map(({ attention }) => {
    if (attention.kind === 'conv') return 0;
    return attention.kind === 'gqa' ? gqaPartialFloats(attention, shape) : mlaPartialFloats(attention, shape);
  });
  return Math.max(4, ...floats);
}
