/**
 * Multi-head latent attention in its absorbed form, at decode and at prefill: the
 * cache holds the latents, and queries come to them instead of keys being made of
 * them. A decoded token takes five dispatches (six where queries have a latent of
 * their own): norm and latents; [queries from theirs]; absorption, rope and cache;
 * split attention; merge and values; output and residual.
 *
 * At prefill the other form, which makes keys and values of every cached latent, is
 * not cheaper: a chunk of 256 tokens over S positions costs 256·S·H·(576 + 512)
 * multiplications absorbed; else 256·S·H·(192 + 128) and S·512·H·256 to make them,
 * 2.6 to 3.4 at the DeepSeek sizes, and then the chunks' sums would differ from decode's.
 */
import { padCols } from '../formats/index.ts';
import {
  mlaAbsorb,
  mlaAttendDecode,
  mlaAttendPrefill,
  mlaPartialsBytes,
  mlaValue,
  mlaValueMany,
  type KernelShape,
} from '../kernels/index.ts';
import type { LayerSpec, MlaSpec } from '../models/index.ts';
import type { Linear, Norm, ProgramBuilder } from './builder.ts';
import { fusedLinears, SPLITS, temperatureParams } from './gqa.ts';
import { onlyChunk } from './weights.ts';

export function mlaPartialFloats({ heads, kvRank }: MlaSpec, shape: KernelShape): number {
  return mlaPartialsBytes(heads, SPLITS[shape], kvRank) / 4;
}

export function decodeMla(b: ProgramBuilder, layer: LayerSpec, mla: MlaSpec, at: number): void {
  const { heads, kvRank, ropeDim, valueDim } = mla;
  const { acts, kv, shape } = b;
  const splits = SPLITS[shape];
  b.decodeNormed(`${at}.attnNorm`, latents(b, mla, at));
  if (mla.qRank > 0) b.decodeNormedRow(queryNorm(mla, at), acts.qkv, queries(b, at));
  absorb(b, mla, at, false);
  b.add(
    mlaAttendDecode({ kv: kv.type, shape }),
    { heads, kvRank, ropeDim, splits, queryStride: b.strides.queries },
    { queries: acts.queries, cache: cache(b, at), partials: acts.partials },
  );
  const values = b.weights.get(`${at}.kvV`);
  const groups = padCols(kvRank) / 32;
  b.add(
    mlaValue({ layout: values.layout, shape }, { groups, splits }),
    { heads, kvRank, valueDim, groups, splits },
    { ...b.planes(onlyChunk(values)), partials: acts.partials, out: acts.attended },
  );
  b.decodeIntoStream(`${at}.out`, acts.attended, postNorm(layer, at));
}

export function prefillMla(b: ProgramBuilder, layer: LayerSpec, mla: MlaSpec, at: number): void {
  const { heads, kvRank, ropeDim, valueDim } = mla;
  const { acts, kv, shape, strides } = b;
  b.prefillNormed(`${at}.attnNorm`, latents(b, mla, at));
  if (mla.qRank > 0) {
    b.normRows(queryNorm(mla, at), acts.qkv, strides.qkv, acts.qLatent, strides.qLatent);
    b.matmul(queries(b, at), acts.qLatent, strides.qLatent);
  }
  absorb(b, mla, at, true);
  b.add(
    mlaAttendPrefill({ kv: kv.type, shape }),
    { heads, kvRank, ropeDim, queryStride: strides.queries, zStride: strides.weighed },
    { queries: acts.queries, cache: cache(b, at), z: acts.weighed },
  );
  const values = b.weights.get(`${at}.kvV`);
  b.add(
    mlaValueMany({ layout: values.layout, shape }),
    {
      heads,
      kvRank,
      valueDim,
      groups: padCols(kvRank) / 32,
      zStride: strides.weighed,
      outStride: strides.attended,
    },
    { ...b.planes(onlyChunk(values)), z: acts.weighed, out: acts.attended },
  );
  b.prefillIntoStream(`${at}.out`, acts.attended, strides.attended, postNorm(layer, at));
}

/** Queries, or their latent, then the latent of keys and values and the rope key. */
function latents(b: ProgramBuilder, mla: MlaSpec, at: number): readonly Linear[] {
  const q = queryWidth(mla);
  return fusedLinears(b, at, 'qkvA', { qkvA: 0, qA: 0, kvA: q }, q + mla.kvRank + mla.ropeDim);
}

function queryWidth({ qRank, heads, nopeDim, ropeDim }: MlaSpec): number {
  return qRank > 0 ? qRank : heads * (nopeDim + ropeDim);
}

function queryNorm({ qRank, latentEps }: MlaSpec, at: number): Norm {
  return { weights: `${at}.qANorm`, width: qRank, eps: latentEps };
}

function queries(b: ProgramBuilder, at: number): Linear {
  return { tensor: `${at}.qB`, y: b.acts.q, yStride: b.strides.q };
}

function absorb(b: ProgramBuilder, mla: MlaSpec, at: number, many: boolean): void {
  const { heads, nopeDim, ropeDim, kvRank, qRank, scale, latentEps, rope } = mla;
  const { acts, kv, shape, strides } = b;
  const keys = b.weights.get(`${at}.kvK`);
  const groups = padCols(nopeDim) / 32;
  b.add(
    mlaAbsorb({
      layout: keys.layout,
      shape,
      kv: kv.type,
      pairing: b.spec.ropes[rope]!.pairing,
      many,
      groups,
    }),
    {
      heads,
      nopeDim,
      ropeDim,
      kvRank,
      groups,
      qOffset: 0,
      qStride: qRank > 0 ? strides.q : strides.qkv,
      latentOffset: queryWidth(mla),
      latentStride: strides.qkv,
      queryStride: strides.queries,
      eps: latentEps,
      scale,
      ...temperatureParams(mla.temperature),
    },
    {
      ...b.planes(onlyChunk(keys)),
      q: qRank > 0 ? acts.q : acts.qkv,
      latent: acts.qkv,
      kvNorm: b.vector(`${at}.kvNorm`),
      rope: kv.rope(rope),
      cache: cache(b, at),
      queries: acts.queries,
    },
  );
}

function cache(b: ProgramBuilder, at: number) {
  return b.kv.layer(at)['latent']!;
}

function postNorm(layer: LayerSpec, at: number): string | null {
  return layer.postNorms ? `${at}.attnPostNorm` : null;
}
