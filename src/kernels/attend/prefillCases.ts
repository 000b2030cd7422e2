/** ropeWrite and attendPrefill against plain loops. */
import { attendPrefill } from '../attendPrefill.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from '../card.ts';
import type { KvType } from '../kv/kv.ts';
import { ropeWrite } from '../ropeWrite.ts';
import type { HeadRowOptions } from './headRows.ts';
import {
  firstSeen,
  NO_TEMPERATURE,
  noise,
  plainAttend,
  plainHead,
  plainRopeTable,
  rowsOf,
  storeKv,
  throughKv,
  type HeadShape,
  type RowContext,
  type Temperature,
} from './plain.ts';

interface ChunkSetup extends HeadShape {
  readonly title: string;
  readonly kv: KvType;
  readonly position: number;
  readonly tokens: number;
}

interface RopeSetup extends ChunkSetup {
  readonly qkNorm: HeadRowOptions['qkNorm'];
  readonly pairing: HeadRowOptions['pairing'];
  readonly ropeDims: number;
  readonly temperature: Temperature;
}

const padded = (width: number): number => Math.ceil(width / 32) * 32;

const ROPE_USUAL: RopeSetup = {
  title: '',
  kv: 'f32',
  qkNorm: 'none',
  temperature: NO_TEMPERATURE,
  pairing: 'half',
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  ropeDims: 64,
  position: 0,
  tokens: 5,
};

const ROPE_SETUPS: readonly RopeSetup[] = [
  { ...ROPE_USUAL, title: 'first chunk, 9 heads on 3' },
  { ...ROPE_USUAL, title: 'second chunk, halves', kv: 'f16', position: 37 },
  {
    ...ROPE_USUAL,
    title: 'norms, interleaved, 128 channels',
    qkNorm: 'head',
    pairing: 'interleaved',
    heads: 2,
    kvHeads: 2,
    headDim: 128,
    ropeDims: 128,
    position: 3,
  },
  {
    ...ROPE_USUAL,
    title: '36 channels, 20 rotated, norms',
    qkNorm: 'head',
    heads: 3,
    kvHeads: 1,
    headDim: 36,
    ropeDims: 20,
    position: 11,
  },
  {
    ...ROPE_USUAL,
    title: '20 channels, 12 rotated, interleaved, halves',
    kv: 'f16',
    pairing: 'interleaved',
    heads: 3,
    kvHeads: 1,
    headDim: 20,
    ropeDims: 12,
    position: 2,
  },
  {
    ...ROPE_USUAL,
    title: 'unit norms, no rotation, growing',
    qkNorm: 'unit',
    temperature: { tempScale: 0.3, tempSpan: 4, tempOffset: 0 },
    pairing: 'none',
    ropeDims: 0,
    heads: 2,
    kvHeads: 1,
    headDim: 20,
  },
  {
    ...ROPE_USUAL,
    title: 'neither, halves',
    kv: 'f16',
    pairing: 'none',
    ropeDims: 0,
    heads: 2,
    kvHeads: 1,
    headDim: 20,
    position: 4,
  },
];

function ropeCase(setup: RopeSetup, shape: KernelShape): KernelCase {
  const { heads, kvHeads, headDim, ropeDims, position, tokens, kv } = setup;
  const capacity = position + tokens + 2;
  const qkvStride = padded((heads + 2 * kvHeads) * headDim);
  const context: RowContext = {
    ...setup,
    eps: 1e-5,
    rope: plainRopeTable(capacity, ropeDims),
    qNorm: noise(4, headDim).map((v) => 1 + v / 2),
    kNorm: noise(5, headDim).map((v) => 1 + v / 2),
  };
  // Multiples of 1/64 survive halves, so what is compared is where values go, not rounding.
  const coarse = (seed: number, length: number): Float32Array<ArrayBuffer> =>
    noise(seed, length).map((v) => Math.round(v * 64) / 64);
  const qkv = coarse(1, tokens * qkvStride);
  const keys = coarse(2, capacity * kvHeads * headDim);
  const values = coarse(3, capacity * kvHeads * headDim);
  return {
    title: setup.title,
    card: ropeWrite({ ...setup, shape }),
    params: { heads, kvHeads, ropeDims, qkvStride, eps: context.eps, ...setup.temperature },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: {
      kCache: storeKv(kv, keys),
      vCache: storeKv(kv, values),
      qkv,
      qNorm: context.qNorm,
      kNorm: context.kNorm,
      rope: context.rope,
    },
    reference: () => plainRopeWrite(setup, context, { qkv, keys, values }, qkvStride),
    tolerance: { nmse: 1e-11, maxAbs: 5e-6 },
  };
}

interface Content {
  readonly qkv: Float32Array<ArrayBuffer>;
  readonly keys: Float32Array<ArrayBuffer>;
  readonly values: Float32Array<ArrayBuffer>;
}

function plainRopeWrite(
  setup: RopeSetup,
  context: RowContext,
  content: Content,
  qkvStride: number,
): Record<string, HostArray> {
  const { heads, kvHeads, headDim, position, tokens, kv } = setup;
  const qkv = content.qkv.slice();
  const keys = content.keys.slice();
  const values = content.values.slice();
  for (let t = 0; t < tokens; t++) {
    for (let h = 0; h < heads + 2 * kvHeads; h++) {
      const from = t * qkvStride + h * headDim;
      const row = content.qkv.subarray(from, from + headDim);
      const cell = ((position + t) * kvHeads + ((h - heads) % kvHeads)) * headDim;
      if (h < heads) qkv.set(plainHead(row, position + t, false, context), from);
      else if (h < heads + kvHeads) keys.set(plainHead(row, position + t, true, context), cell);
      else values.set(row, cell);
    }
  }
  // Halves are compared bit by bit: a changed key may round either way, so then only f32 keys are held to it.
  const keysAreExact = kv === 'f32' || (setup.qkNorm === 'none' && setup.pairing === 'none');
  return { qkv, vCache: storeKv(kv, values), ...(keysAreExact ? { kCache: storeKv(kv, keys) } : {}) };
}

export const ropeWriteSuite: KernelSuite = {
  name: 'ropeWrite',
  cases: () => [
    ...ROPE_SETUPS.map((setup) => ropeCase(setup, 'software')),
    ...ROPE_SETUPS.map((setup) => ropeCase(setup, 'hardware')),
  ],
};

interface PrefillSetup extends ChunkSetup {
  readonly window: number;
  readonly chunk: number;
  readonly softCap: number;
  readonly sinks: boolean;
}

const PREFILL_USUAL: PrefillSetup = {
  title: '',
  kv: 'f32',
  heads: 3,
  kvHeads: 1,
  headDim: 64,
  position: 0,
  tokens: 33,
  window: 0,
  chunk: 0,
  softCap: 0,
  sinks: false,
};

/** Setups of one kind of cache, width and sinks share a pipeline: a software adapter takes seconds over each. */
const PREFILL_SETUPS: readonly PrefillSetup[] = [
  { ...PREFILL_USUAL, title: 'one token at position 0', tokens: 1 },
  { ...PREFILL_USUAL, title: 'a chunk one past a tile, 9 heads on 3', heads: 9, kvHeads: 3 },
  { ...PREFILL_USUAL, title: '20 channels, halves', kv: 'f16', headDim: 20, position: 3, tokens: 5 },
  {
    ...PREFILL_USUAL,
    title: '20 channels, second chunk across tiles, halves',
    kv: 'f16',
    headDim: 20,
    position: 45,
    tokens: 20,
  },
  { ...PREFILL_USUAL, title: 'window and soft cap', window: 24, softCap: 4, position: 50, tokens: 40 },
  {
    ...PREFILL_USUAL,
    title: 'window of one tile from an odd position',
    window: 32,
    position: 31,
    tokens: 35,
  },
  {
    ...PREFILL_USUAL,
    title: '36 channels, runs of 24, sinks',
    headDim: 36,
    heads: 2,
    kvHeads: 2,
    chunk: 24,
    sinks: true,
    position: 17,
    tokens: 40,
  },
  {
    ...PREFILL_USUAL,
    title: '36 channels, sinks alone with a window',
    headDim: 36,
    sinks: true,
    window: 8,
    tokens: 35,
  },
  { ...PREFILL_USUAL, title: '128 channels', headDim: 128, heads: 2, tokens: 8, position: 30 },
  {
    ...PREFILL_USUAL,
    title: '256 channels, halves',
    kv: 'f16',
    headDim: 256,
    heads: 2,
    tokens: 6,
    position: 5,
  },
];

/** Positions past the chunk hold rubbish a mask alone would let through as NaN. */
function prefillCase(setup: PrefillSetup, shape: KernelShape): KernelCase {
  const { heads, kvHeads, headDim, position, tokens, kv } = setup;
  const seen = position + tokens;
  const stale = 3;
  const qkvStride = padded((heads + 2 * kvHeads) * headDim);
  const outStride = padded(heads * headDim);
  const width = kvHeads * headDim;
  const keys = noise(2, (seen + stale) * width, 2).map((v) => throughKv(kv, v));
  const values = noise(3, (seen + stale) * width).map((v) => throughKv(kv, v));
  keys.fill(NaN, seen * width);
  values.fill(NaN, seen * width);
  const qkv = noise(1, tokens * qkvStride, 2);
  const masking = {
    scale: headDim ** -0.5,
    window: setup.window,
    chunk: setup.chunk,
    softCap: setup.softCap,
  };
  const sinks = noise(8, heads, 4);
  return {
    title: setup.title,
    card: attendPrefill({ kv, shape, headDim, sinks: setup.sinks }),
    params: { heads, kvHeads, qkvStride, outStride, ...masking },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: {
      kCache: storeKv(kv, keys),
      vCache: storeKv(kv, values),
      qkv,
      sinks,
      out: new Float32Array(tokens * outStride),
    },
    reference: () => {
      const out = new Float32Array(tokens * outStride);
      for (let t = 0; t < tokens; t++) {
        for (let h = 0; h < heads; h++) {
          const kvHead = Math.floor(h / (heads / kvHeads));
          const from = t * qkvStride + h * headDim;
          const query = Array.from(qkv.subarray(from, from + headDim));
          const at = position + t;
          const k = rowsOf(keys, kvHead, setup);
          const v = rowsOf(values, kvHead, setup);
          const found = plainAttend(query, k, v, firstSeen(at, masking), at + 1, masking);
          const total = found.total + (setup.sinks ? Math.exp(sinks[h]! - found.highest) : 0);
          out.set(
            found.sum.map((sum) => sum / total),
            t * outStride + h * headDim,
          );
        }
      }
      return { out };
    },
    tolerance: { nmse: 1e-11, maxAbs: 1e-5 },
  };
}

export const attendPrefillSuite: KernelSuite = {
  name: 'attendPrefill',
  cases: () => [
    ...PREFILL_SETUPS.map((setup) => prefillCase(setup, 'software')),
    ...PREFILL_SETUPS.map((setup) => prefillCase(setup, 'hardware')),
  ],
};
