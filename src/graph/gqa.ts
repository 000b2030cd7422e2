/**
 * Grouped-query attention. A decoded token takes four dispatches: norm and q, k, v;
 * rope, cache and split attention; the merge of the splits; output and residual.
 */
import { attendDecode, attendMerge, attendPrefill, partialsBytes, ropeWrite } from '../kernels/index.ts';
import type { AttentionSpec, LayerSpec, ModelSpec } from '../models/index.ts';
import type { BufferRange } from '../gpu/index.ts';
import type { Linear, ProgramBuilder } from './builder.ts';

/** Slices of the context in decode: enough workgroups for a large GPU at two kv heads and more. */
const SPLITS = 16;

export function partialFloats(spec: ModelSpec): number {
  return Math.max(...spec.layers.map(({ attention: a }) => partialsBytes(a.heads, SPLITS, a.headDim))) / 4;
}

export function decodeGqa(b: ProgramBuilder, layer: LayerSpec, at: number): void {
  const { attention } = layer;
  const { heads, kvHeads, headDim, window, scale, softCap } = attention;
  const { acts, kv, shape } = b;
  b.decodeNormed(`${at}.attnNorm`, qkv(b, attention, at));
  b.add(
    attendDecode({ ...headRow(b, attention), kv: kv.type, shape, headDim, group: heads / kvHeads }),
    { heads, kvHeads, ropeDims: ropeDims(b, attention), window, splits: SPLITS, scale, softCap, eps: b.spec.normEps },
    { ...caches(b, at), qkv: acts.qkv, ...headRowBuffers(b, attention, at), partials: acts.partials },
  );
  b.add(
    attendMerge({ shape }),
    { heads, splits: SPLITS, quads: headDim / 4 },
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
  b.prefillIntoStream(`${at}.out`, acts.attended, strides.attended, postNorm(layer, at), outBias(attention, at));
}

/** One matrix, or three where their layouts differ; the rows land side by side either way. */
function qkv(b: ProgramBuilder, attention: AttentionSpec, at: number): readonly Linear[] {
  const { heads, kvHeads, headDim, qkvBias } = attention;
  const bias = qkvBias ? `${at}.qkvBias` : undefined;
  const row = { y: b.acts.qkv, yStride: b.strides.qkv, bias };
  if (b.weights.has(`${at}.qkv`)) return [{ tensor: `${at}.qkv`, ...row }];
  const k = heads * headDim;
  const v = k + kvHeads * headDim;
  return [
    { tensor: `${at}.q`, ...row },
    { tensor: `${at}.k`, ...row, yOffset: k, biasOffset: k },
    { tensor: `${at}.v`, ...row, yOffset: v, biasOffset: v },
  ];
}

function headRow(b: ProgramBuilder, { qkNorm, rope }: AttentionSpec) {
  return { qkNorm, pairing: rope < 0 ? 'none' : b.spec.ropes[rope]!.pairing } as const;
}

function headRowBuffers(b: ProgramBuilder, { qkNorm, rope }: AttentionSpec, at: number): Record<string, BufferRange> {
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
