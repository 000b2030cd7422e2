/**
 * Grouped-query attention. A decoded token takes four dispatches: norm and q, k, v;
 * rope, cache and split attention; the merge of the splits; output and residual.
 * A norm over the whole of q and k is a fifth.
 */
import { AppError } from '../base/failure.ts';
import type { BufferRange } from '../gpu/index.ts';
import {
  attendDecode,
  attendMerge,
  attendPrefill,
  partialsBytes,
  ropeWrite,
  rowNorm,
  type KernelShape,
} from '../kernels/index.ts';
import type { GqaSpec, LayerSpec, TemperatureSpec } from '../models/index.ts';
import type { Linear, ProgramBuilder } from './builder.ts';

/** Slices of the context in decode: enough workgroups for a large GPU at few kv heads; on an emulator, its cores. */
export const SPLITS: Readonly<Record<KernelShape, number>> = { hardware: 16, software: 2 };

export function gqaPartialFloats({ heads, headDim }: GqaSpec, shape: KernelShape): number {
  return partialsBytes(heads, SPLITS[shape], headDim) / 4;
}

export function decodeGqa(b: ProgramBuilder, layer: LayerSpec, gqa: GqaSpec, at: number): void {
  const { heads, kvHeads, headDim, sinks } = gqa;
  const { acts, kv, shape } = b;
  b.decodeNormed(`${at}.attnNorm`, qkv(b, gqa, at));
  normWholeRows(b, gqa, at);
  b.add(
    attendDecode({ ...headRow(b, gqa), kv: kv.type, shape, headDim, group: heads / kvHeads }),
    { ...headRowParams(b, gqa), ...masking(gqa), scale: gqa.scale, splits: SPLITS[shape] },
    { ...caches(b, at), qkv: acts.qkv, ...headRowBuffers(b, gqa, at), partials: acts.partials },
  );
  b.add(
    attendMerge({ shape, sinks }),
    { heads, splits: SPLITS[shape], quads: headDim / 4 },
    { partials: acts.partials, out: acts.attended, ...sinkBuffer(b, gqa, at) },
  );
  b.decodeIntoStream(`${at}.out`, acts.attended, postNorm(layer, at), outBias(gqa, at));
}

export function prefillGqa(b: ProgramBuilder, layer: LayerSpec, gqa: GqaSpec, at: number): void {
  const { heads, kvHeads, headDim, sinks, scale } = gqa;
  const { acts, kv, shape, strides } = b;
  b.prefillNormed(`${at}.attnNorm`, qkv(b, gqa, at));
  normWholeRows(b, gqa, at);
  b.add(
    ropeWrite({ ...headRow(b, gqa), kv: kv.type, shape, headDim }),
    { ...headRowParams(b, gqa), qkvStride: strides.qkv },
    { ...caches(b, at), qkv: acts.qkv, ...headRowBuffers(b, gqa, at) },
  );
  b.add(
    attendPrefill({ kv: kv.type, shape, headDim, sinks }),
    { heads, kvHeads, qkvStride: strides.qkv, outStride: strides.attended, ...masking(gqa), scale },
    { ...caches(b, at), qkv: acts.qkv, out: acts.attended, ...sinkBuffer(b, gqa, at) },
  );
  b.prefillIntoStream(`${at}.out`, acts.attended, strides.attended, postNorm(layer, at), outBias(gqa, at));
}

/** One matrix, or several where layouts differ; the rows land side by side either way. */
function qkv(b: ProgramBuilder, gqa: GqaSpec, at: number): readonly Linear[] {
  const k = gqa.heads * gqa.headDim;
  const v = k + gqa.kvHeads * gqa.headDim;
  const rows = v + gqa.kvHeads * gqa.headDim;
  const bias = gqa.qkvBias ? `${at}.qkvBias` : undefined;
  return fusedLinears(b, at, 'qkv', { qkv: 0, qk: 0, q: 0, kv: k, k, v }, rows, bias);
}

/** The tensors a fused matrix is stored as, each with its first row, writing one row of acts.qkv. */
export function fusedLinears(
  b: ProgramBuilder,
  at: number,
  whole: string,
  starts: Readonly<Record<string, number>>,
  rows: number,
  bias?: string,
): readonly Linear[] {
  const parts = Object.entries(starts).filter(([part]) => b.weights.has(`${at}.${part}`));
  const found = parts.reduce((sum, [part]) => sum + b.weights.get(`${at}.${part}`).rows, 0);
  if (found !== rows) {
    throw new AppError('MISSING_TENSOR', `the stored model lacks part of ${at}.${whole}`, {
      tensor: `${at}.${whole}`,
    });
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

function normWholeRows(b: ProgramBuilder, { qkNorm, heads, kvHeads, headDim }: GqaSpec, at: number): void {
  if (qkNorm !== 'row') return;
  b.add(
    rowNorm(),
    { qWidth: heads * headDim, kWidth: kvHeads * headDim, stride: b.strides.qkv, eps: b.spec.normEps },
    { qkv: b.acts.qkv, qNorm: b.vector(`${at}.qNorm`), kNorm: b.vector(`${at}.kNorm`) },
  );
}

function headRow(b: ProgramBuilder, { qkNorm, rope }: GqaSpec) {
  return {
    qkNorm: qkNorm === 'row' ? 'none' : qkNorm,
    pairing: rope < 0 ? 'none' : b.spec.ropes[rope]!.pairing,
  } as const;
}

function headRowParams(b: ProgramBuilder, { heads, kvHeads, rope, temperature }: GqaSpec) {
  const ropeDims = rope < 0 ? 0 : b.spec.ropes[rope]!.dims;
  return { heads, kvHeads, ropeDims, eps: b.spec.normEps, ...temperatureParams(temperature) };
}

export function temperatureParams(temperature: TemperatureSpec | null) {
  const { scale, span, offset } = temperature ?? { scale: 0, span: 1, offset: 0 };
  return { tempScale: scale, tempSpan: span, tempOffset: offset };
}

function masking({ window, chunk, softCap }: GqaSpec) {
  return { window, chunk, softCap };
}

function headRowBuffers(
  b: ProgramBuilder,
  { qkNorm, rope }: GqaSpec,
  at: number,
): Record<string, BufferRange> {
  return {
    ...(qkNorm === 'head' ? { qNorm: b.vector(`${at}.qNorm`), kNorm: b.vector(`${at}.kNorm`) } : {}),
    ...(rope < 0 ? {} : { rope: b.kv.rope(rope) }),
  };
}

function sinkBuffer(b: ProgramBuilder, { sinks }: GqaSpec, at: number): Record<string, BufferRange> {
  return sinks ? { sinks: b.vector(`${at}.sinks`) } : {};
}

function caches(b: ProgramBuilder, at: number): Record<string, BufferRange> {
  const { k, v } = b.kv.layer(at);
  return { kCache: k!, vCache: v! };
}

function postNorm(layer: LayerSpec, at: number): string | null {
  return layer.postNorms ? `${at}.attnPostNorm` : null;
}

function outBias({ outBias: has }: GqaSpec, at: number): string | undefined {
  return has ? `${at}.outBias` : undefined;
}
