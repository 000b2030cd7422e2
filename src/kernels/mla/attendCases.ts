/** mlaAttendDecode and mlaAttendPrefill against plain loops. */
import { noise, plainAttend, storeKv, throughKv, type PlainAttention } from '../attend/plain.ts';
import type { KernelCase, KernelShape, KernelSuite } from '../card.ts';
import type { KvType } from '../kv/kv.ts';
import { mlaAttendDecode, mlaPartialsBytes } from '../mlaAttendDecode.ts';
import { mlaAttendPrefill } from '../mlaAttendPrefill.ts';
import { latents, ODD, padded, REAL, SMALL, type MlaShape } from './plain.ts';

const BOTH: readonly KernelShape[] = ['software', 'hardware'];

interface DecodeSetup extends MlaShape {
  readonly title: string;
  readonly kv: KvType;
  readonly position: number;
  readonly splits: number;
}

const DECODE: readonly DecodeSetup[] = [
  { ...SMALL, title: 'first token, empty slices', kv: 'f32', position: 0, splits: 3 },
  { ...SMALL, title: 'one past a tile', kv: 'f32', position: 32, splits: 1 },
  { ...ODD, title: 'odd sizes, the last slice holds one', kv: 'f32', position: 64, splits: 2 },
  {
    ...SMALL,
    title: '300 positions, more heads than a block',
    kv: 'f32',
    position: 299,
    splits: 4,
    heads: 18,
  },
  { ...ODD, title: 'odd sizes, halves', kv: 'f16', position: 39, splits: 2 },
  { ...REAL, title: 'real latent, halves', kv: 'f16', position: 34, splits: 2 },
];

/** The shortest slice, which others are multiples of. */
const TILE = 32;

/** Positions past those written hold rubbish a mask alone would let through as NaN. */
function cacheOf(kv: KvType, seen: number, shape: MlaShape): Float32Array<ArrayBuffer> {
  const stale = 3;
  const cache = latents(2, seen + stale, shape).map((v) => throughKv(kv, v));
  return cache.fill(NaN, seen * (shape.kvRank + shape.ropeDim));
}

/** Scores near 1 for latents of 1.5. */
function queriesOf(length: number, { kvRank, ropeDim }: MlaShape): Float32Array<ArrayBuffer> {
  return noise(1, length, 3 / Math.sqrt(kvRank + ropeDim));
}

function attendRow(
  query: Float32Array,
  cache: Float32Array,
  begin: number,
  end: number,
  { kvRank, ropeDim }: MlaShape,
): PlainAttention {
  const width = kvRank + ropeDim;
  const row = (position: number) => cache.subarray(position * width, (position + 1) * width);
  const found = plainAttend(Array.from(query), row, row, begin, end, {
    scale: 1,
    window: 0,
    chunk: 0,
    softCap: 0,
  });
  return { ...found, sum: found.sum.slice(0, kvRank) };
}

function decodeCase(setup: DecodeSetup, shape: KernelShape): KernelCase {
  const { heads, kvRank, ropeDim, kv, position, splits } = setup;
  const width = kvRank + ropeDim;
  const cache = cacheOf(kv, position + 1, setup);
  const queries = queriesOf(heads * width, setup);
  const blank = () => new Float32Array(mlaPartialsBytes(heads, splits, kvRank) / 4);
  return {
    title: setup.title,
    card: mlaAttendDecode({ kv, shape }),
    params: { heads, kvRank, ropeDim, splits, queryStride: padded(heads * width) },
    step: { position, tokens: 1, seed: 0 },
    tokens: 1,
    buffers: { queries, cache: storeKv(kv, cache), partials: blank() },
    reference: () => {
      const partials = blank();
      const slice = Math.ceil(Math.ceil((position + 1) / splits) / TILE) * TILE;
      for (let h = 0; h < heads; h++) {
        for (let s = 0; s < splits; s++) {
          const end = Math.min((s + 1) * slice, position + 1);
          if (s * slice >= end) continue;
          const query = queries.subarray(h * width, (h + 1) * width);
          const { highest, total, sum } = attendRow(query, cache, s * slice, end, setup);
          partials.set([highest, total, 0, 0, ...sum], (h * splits + s) * (kvRank + 4));
        }
      }
      return { partials };
    },
    tolerance: { nmse: 1e-11, maxAbs: 1e-4 },
  };
}

export const mlaAttendDecodeSuite: KernelSuite = {
  name: 'mlaAttendDecode',
  cases: () => DECODE.flatMap((setup) => BOTH.map((shape) => decodeCase(setup, shape))),
};

interface PrefillSetup extends MlaShape {
  readonly title: string;
  readonly kv: KvType;
  readonly position: number;
  readonly tokens: number;
}

const PREFILL: readonly PrefillSetup[] = [
  { ...SMALL, title: 'one token at position 0', kv: 'f32', position: 0, tokens: 1 },
  { ...SMALL, title: 'a chunk one past a tile', kv: 'f32', position: 0, tokens: 33 },
  { ...ODD, title: 'odd sizes, second chunk across tiles', kv: 'f32', position: 45, tokens: 20 },
  { ...ODD, title: 'odd sizes, 300 positions', kv: 'f32', position: 293, tokens: 7 },
  { ...SMALL, title: 'halves', kv: 'f16', position: 3, tokens: 5 },
  { ...REAL, title: 'real latent, halves', kv: 'f16', position: 30, tokens: 4 },
];

function prefillCase(setup: PrefillSetup, shape: KernelShape): KernelCase {
  const { heads, kvRank, ropeDim, kv, position, tokens } = setup;
  const width = kvRank + ropeDim;
  const queryStride = padded(heads * width);
  const zStride = padded(heads * kvRank);
  const cache = cacheOf(kv, position + tokens, setup);
  const queries = queriesOf(tokens * queryStride, setup);
  return {
    title: setup.title,
    card: mlaAttendPrefill({ kv, shape }),
    params: { heads, kvRank, ropeDim, queryStride, zStride },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: { queries, cache: storeKv(kv, cache), z: new Float32Array(tokens * zStride) },
    reference: () => {
      const z = new Float32Array(tokens * zStride);
      for (let t = 0; t < tokens; t++) {
        for (let h = 0; h < heads; h++) {
          const from = t * queryStride + h * width;
          const { sum, total } = attendRow(
            queries.subarray(from, from + width),
            cache,
            0,
            position + t + 1,
            setup,
          );
          z.set(
            sum.map((v) => v / total),
            t * zStride + h * kvRank,
          );
        }
      }
      return { z };
    },
    tolerance: { nmse: 1e-11, maxAbs: 1e-5 },
  };
}

export const mlaAttendPrefillSuite: KernelSuite = {
  name: 'mlaAttendPrefill',
  cases: () => PREFILL.flatMap((setup) => BOTH.map((shape) => prefillCase(setup, shape))),
};
