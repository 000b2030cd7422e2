/**
 * Grouped-query attention. A decoded token takes four dispatches: norm and q, k, v;
 * rope, cache and split attention; the merge of the splits; output and residual.
 */
import { AppError } from '../base/failure.ts';
import {
  attendDecode,
  attendMerge,
  attendPrefill,
  partialsBytes,
  ropeWrite,
  type KernelShape,
} from '../kernels/index.ts';
import type { AttentionSpec, LayerSpec, ModelSpec } from '../models/index.ts';
import type { BufferRange } from '../gpu/index.ts';
import type { Linear, ProgramBuilder } from './builder.ts';

/** Slices of the context in decode: enough workgroups for a large GPU at few kv heads; on an emulator, its cores. */
const SPLITS: Readonly<Record<KernelShape, number>> = { hardware: 16, software: 2 };

export function partialFloats(spec: ModelSpec, shape: KernelShape): number {
  return (
    Math.max(...spec.layers.map(({ attention: a }) => partialsBytes(a.heads, SPLITS[shape], a.headDim))) / 4
  );
}

export function decodeGqa(b: ProgramBuilder, layer: LayerSpec, at: number): void {
  const { attention } = layer;
  const { heads, kvHeads, headDim, window, scale, softCap } = attention;
  const { acts, kv, shape } = b;
  b.decodeNormed(`${at}.attnNorm`, qkv(b, attention, at));
  b.add(
    attendDecode({ ...headRow(b, attention), kv: kv.type, shape, headDim, group: heads / kvHeads }),
    {
      heads,
      kvHeads,
      ropeDims: ropeDims(b, attention),
      window,
      splits: SPLITS[shape],
      scale,
      softCap,
      eps: b.spec.normEps,
    },
    { ...caches(b, at), qkv: acts.qkv, ...headRowBuffers(b, attention, at), partials: acts.partials },
  );
  b.add(
    attendMerge({ shape }),
    { heads, splits: SPLITS[shape], quads: headDim / 4 },
    { partials: acts.partials, out: acts.attended },
  );
  b.decodeIntoStream(`${at}.out`, acts.attended, postNorm(layer, at), outBias(attention, at));
}

export function prefillGqa(b: ProgramBuilder, layer: LayerSpec, at: number): void {
  const { attention } = layer;
  const { heads, kvHeads, headDim, window, scale, softCap } = attention;
  const { acts, kv, shape, strides } = b;
  b.prefillNormed(`${at}.attnNorm`, qkv(b, attention, at));
  b.add(
    ropeWrite({ ...headRow(b, attention), kv: kv.type, shape, headDim }),
    { heads, kvHeads, ropeDims: ropeDims(b, attention), qkvStride: strides.qkv, eps: b.spec.normEps },
    { ...caches(b, at), qkv: acts.qkv, ...headRowBuffers(b, attention, at) },
  );
  b.add(
    attendPrefill({ kv: kv.type, shape, headDim }),
    { heads, kvHeads, qkvStride: strides.qkv, outStride: strides.attended, window, scale, softCap },
    { ...caches(b, at), qkv: acts.qkv, out: acts.attended },
  );
  b.prefillIntoStream(
    `${at}.out`,
    acts.attended,
    strides.attended,
    postNorm(layer, at),
    outBias(attention, at),
  );
}

/** One matrix, or several where layouts differ; the rows land side by side either way. */
function qkv(b: ProgramBuilder, attention: AttentionSpec, at: number): readonly Linear[] {
  const { heads, kvHeads, headDim, qkvBias } = attention;
  const bias = qkvBias ? `${at}.qkvBias` : undefined;
  const k = heads * headDim;
  const v = k + kvHeads * headDim;
  const starts = { qkv: 0, qk: 0, q: 0, kv: k, k, v };
  const parts = Object.entries(starts).filter(([part]) => b.weights.has(`${at}.${part}`));
  const rows = parts.reduce((sum, [part]) => sum + b.weights.get(`${at}.${part}`).rows, 0);
  if (rows !== v + kvHeads * headDim) {
    throw new AppError('MISSING_TENSOR', `the stored model lacks part of ${at}.qkv`, { tensor: `${at}.qkv` });
  }
  return parts.map(([part, first]) => ({
    tensor: `${at}.${part}`,
    y: b.acts.qkv,
    yStride: b.strides.qkv,
    yOffset: first,
    bias,
    biasOffset: first,
  }));
}

function headRow(b: ProgramBuilder, { qkNorm, rope }: AttentionSpec) {
  return { qkNorm, pairing: rope < 0 ? 'none' : b.spec.ropes[rope]!.pairing } as const;
}

function headRowBuffers(
  b: ProgramBuilder,
  { qkNorm, rope }: AttentionSpec,
  at: number,
): Record<string, BufferRange> {
  return {
    ...(qkNorm ? { qNorm: b.weights.vector(`${at}.qNorm`), kNorm: b.weights.vector(`${at}.kNorm`) } : {}),
    ...(rope < 0 ? {} : { rope: b.kv.rope(rope) }),
  };
}

function ropeDims(b: ProgramBuilder, { rope }: AttentionSpec): number {
  return rope < 0 ? 0 : b.spec.ropes[rope]!.dims;
}

function caches(b: ProgramBuilder, at: number): Record<string, BufferRange> {
  const { k, v } = b.kv.layer(at);
  return { kCache: k, vCache: v };
}

function postNorm(layer: LayerSpec, at: number): string | null {
  return layer.postNorms ? `${at}.attnPostNorm` : null;
}

function outBias({ outBias: has }: AttentionSpec, at: number): string | undefined {
  return has ? `${at}.outBias` : undefined;
}
