/** attendDecode and attendMerge against plain loops. */
import { attendDecode, partialsBytes } from '../attendDecode.ts';
import { attendMerge } from '../attendMerge.ts';
import type { HostArray, KernelCase, KernelShape, KernelSuite } from '../card.ts';
import type { KvType } from '../kv/kv.ts';
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

interface DecodeSetup extends HeadShape {
  readonly title: string;
  readonly kv: KvType;
  readonly qkNorm: HeadRowOptions['qkNorm'];
  readonly pairing: HeadRowOptions['pairing'];
  readonly ropeDims: number;
  readonly position: number;
  readonly splits: number;
  readonly window: number;
  readonly chunk: number;
  readonly softCap: number;
  readonly temperature: Temperature;
}

const GROWING: Temperature = { tempScale: 0.4, tempSpan: 16, tempOffset: 1 };

const BOTH: readonly KernelShape[] = ['software', 'hardware'];
const NORMED = { qkNorm: 'head' } as const;

const USUAL: DecodeSetup = {
  title: '',
  kv: 'f32',
  qkNorm: 'none',
  pairing: 'half',
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  ropeDims: 64,
  position: 0,
  splits: 4,
  window: 0,
  chunk: 0,
  softCap: 0,
  temperature: NO_TEMPERATURE,
};

/** Setups that differ only in position, window and slices share a pipeline: a software adapter takes a second over each. */
const SETUPS: readonly (DecodeSetup & { readonly shapes: readonly KernelShape[] })[] = [
  { ...USUAL, shapes: BOTH, title: 'first token, 9 heads on 3' },
  { ...USUAL, shapes: BOTH, title: 'the last slice holds the new token only', position: 32 },
  { ...USUAL, shapes: BOTH, title: 'slices longer than a tile', position: 300, splits: 2 },
  { ...USUAL, shapes: BOTH, title: 'the new token begins a tile', position: 256, splits: 1 },
  { ...USUAL, shapes: BOTH, title: 'window and soft cap', window: 48, softCap: 5, position: 130 },
  { ...USUAL, shapes: BOTH, title: 'window longer than the context', window: 200, position: 70 },
  { ...USUAL, shapes: BOTH, title: 'the first of a run of 48', chunk: 48, position: 96 },
  {
    ...USUAL,
    shapes: BOTH,
    title: 'in a run of 48, growing',
    chunk: 48,
    position: 130,
    temperature: GROWING,
  },
  { ...USUAL, shapes: BOTH, title: 'first token in halves', kv: 'f16' },
  { ...USUAL, shapes: BOTH, title: '150 tokens over 4 slices, halves', kv: 'f16', position: 150 },
  {
    ...USUAL,
    ...NORMED,
    shapes: BOTH,
    title: '36 channels, 20 rotated, 5 heads on 1',
    heads: 5,
    kvHeads: 1,
    headDim: 36,
    ropeDims: 20,
    position: 65,
  },
  {
    ...USUAL,
    ...NORMED,
    shapes: ['hardware'],
    title: '1 to 1, 128 channels',
    heads: 2,
    kvHeads: 2,
    headDim: 128,
    ropeDims: 128,
    position: 40,
  },
  { ...USUAL, shapes: ['software'], pairing: 'interleaved', title: 'interleaved', position: 40 },
  {
    ...USUAL,
    shapes: ['software'],
    pairing: 'none',
    qkNorm: 'unit',
    temperature: GROWING,
    title: '20 channels, no rotation, unit norms, growing',
    ropeDims: 0,
    headDim: 20,
    heads: 3,
    kvHeads: 1,
    position: 9,
  },
  {
    ...USUAL,
    ...NORMED,
    shapes: ['hardware'],
    title: '256 channels, 8 heads on 1, halves',
    headDim: 256,
    ropeDims: 256,
    heads: 8,
    kvHeads: 1,
    position: 66,
    kv: 'f16',
  },
];

/** The shortest slice attendDecode makes. */
const MIN_SLICE = 32;

function slicesOf({ position, splits, ...masking }: DecodeSetup): readonly (readonly [number, number])[] {
  const seen = firstSeen(position, masking);
  const slice = Math.max(Math.ceil((position + 1 - seen) / splits), MIN_SLICE);
  return Array.from({ length: splits }, (_, s) => [
    seen + s * slice,
    Math.min(seen + (s + 1) * slice, position + 1),
  ]);
}

function decodeCase(setup: DecodeSetup, shape: KernelShape): KernelCase {
  const { heads, kvHeads, headDim, ropeDims, position, kv, splits } = setup;
  const capacity = position + 3;
  // Multiples of 1/64, which halves hold: what is compared bit by bit is where v goes, not its rounding.
  const row = noise(1, (heads + 2 * kvHeads) * headDim, 2).map((v) => Math.round(v * 64) / 64);
  const keys = noise(2, capacity * kvHeads * headDim, 2).map((v) => throughKv(kv, v));
  const values = noise(3, capacity * kvHeads * headDim).map((v) => throughKv(kv, v));
  const context: RowContext = {
    ...setup,
    eps: 1e-5,
    rope: plainRopeTable(capacity, ropeDims),
    qNorm: noise(4, headDim).map((v) => 1 + v / 2),
    kNorm: noise(5, headDim).map((v) => 1 + v / 2),
  };
  const scale = headDim ** -0.5;
  return {
    title: setup.title,
    card: attendDecode({ ...setup, shape, group: heads / kvHeads }),
    params: {
      heads,
      kvHeads,
      ropeDims,
      window: setup.window,
      chunk: setup.chunk,
      ...setup.temperature,
      splits,
      scale,
      softCap: setup.softCap,
      eps: context.eps,
    },
    step: { position, tokens: 1, seed: 0 },
    tokens: 1,
    buffers: {
      kCache: storeKv(kv, keys),
      vCache: storeKv(kv, values),
      qkv: row,
      qNorm: context.qNorm,
      kNorm: context.kNorm,
      rope: context.rope,
      partials: new Float32Array(partialsBytes(heads, splits, headDim) / 4),
    },
    reference: () => plainDecode(setup, context, { row, keys, values }, scale),
    // A device may round the new key to halves either way.
    tolerance: kv === 'f16' ? { nmse: 1e-6, maxAbs: 4e-3 } : { nmse: 1e-11, maxAbs: 2e-5 },
  };
}

interface Content {
  readonly row: Float32Array;
  readonly keys: Float32Array<ArrayBuffer>;
  readonly values: Float32Array<ArrayBuffer>;
}

function plainDecode(
  setup: DecodeSetup,
  context: RowContext,
  content: Content,
  scale: number,
): Record<string, HostArray> {
  const { heads, kvHeads, headDim, position, kv, splits } = setup;
  const { row } = content;
  const keys = content.keys.slice();
  const values = content.values.slice();
  const head = (index: number): Float32Array => row.subarray(index * headDim, (index + 1) * headDim);
  for (let h = 0; h < kvHeads; h++) {
    const at = (position * kvHeads + h) * headDim;
    keys.set(
      plainHead(head(heads + h), position, true, context).map((v) => throughKv(kv, v)),
      at,
    );
    values.set(
      Array.from(head(heads + kvHeads + h), (v) => throughKv(kv, v)),
      at,
    );
  }
  const partials = new Float32Array(partialsBytes(heads, splits, headDim) / 4);
  for (let h = 0; h < heads; h++) {
    const kvHead = Math.floor(h / (heads / kvHeads));
    const query = plainHead(head(h), position, false, context);
    slicesOf(setup).forEach(([begin, end], split) => {
      const at = (h * splits + split) * (headDim + 4);
      if (begin >= end) return;
      const masking = { ...setup, scale };
      const found = plainAttend(
        query,
        rowsOf(keys, kvHead, setup),
        rowsOf(values, kvHead, setup),
        begin,
        end,
        masking,
      );
      partials.set([found.highest, found.total, 0, 0, ...found.sum], at);
    });
  }
  return { partials, ...(kv === 'f32' ? { kCache: keys, vCache: values } : { vCache: storeKv(kv, values) }) };
}

export const attendDecodeSuite: KernelSuite = {
  name: 'attendDecode',
  cases: () => SETUPS.flatMap((setup) => setup.shapes.map((shape) => decodeCase(setup, shape))),
};

/** `empty` slices at the end saw nothing and hold rubbish. */
function mergeCase(
  title: string,
  shape: KernelShape,
  heads: number,
  splits: number,
  empty: number,
  spread: number,
  sunk = false,
): KernelCase {
  const headDim = 20;
  const record = headDim + 4;
  const partials = noise(7, heads * splits * record);
  const sinks = noise(8, heads, 2 * spread);
  for (let i = 0; i < heads * splits; i++) {
    const isEmpty = i % splits >= splits - empty;
    partials[i * record] = isEmpty ? 1e30 : partials[i * record]! * spread;
    partials[i * record + 1] = isEmpty ? 0 : 1 + Math.abs(partials[i * record + 1]!);
  }
  return {
    title,
    card: attendMerge({ shape, sinks: sunk }),
    params: { heads, splits, quads: headDim / 4 },
    tokens: 1,
    buffers: { partials, sinks, out: new Float32Array(heads * headDim + 12) },
    reference: () => {
      const out = new Float32Array(heads * headDim + 12);
      for (let h = 0; h < heads; h++) {
        const slices = Array.from({ length: splits - empty }, (_, s) => (h * splits + s) * record);
        const scores = slices.map((at) => partials[at]!);
        const highest = Math.max(...scores, ...(sunk ? [sinks[h]!] : []));
        const weights = slices.map((at) => Math.exp(partials[at]! - highest));
        const sink = sunk ? Math.exp(sinks[h]! - highest) : 0;
        const total = slices.reduce((sum, at, s) => sum + weights[s]! * partials[at + 1]!, sink);
        for (let c = 0; c < headDim; c++) {
          out[h * headDim + c] =
            slices.reduce((sum, at, s) => sum + weights[s]! * partials[at + 4 + c]!, 0) / total;
        }
      }
      return { out };
    },
    tolerance: { nmse: 1e-11, maxAbs: 1e-5 },
  };
}

export const attendMergeSuite: KernelSuite = {
  name: 'attendMerge',
  cases: () =>
    (['software', 'hardware'] as const).flatMap((shape) => [
      mergeCase('one slice', shape, 3, 1, 0, 1),
      mergeCase('eight slices, three empty', shape, 9, 8, 3, 4),
      mergeCase('scores hundreds apart', shape, 5, 4, 0, 300),
      mergeCase('sinks', shape, 9, 4, 1, 2, true),
      mergeCase('sinks hundreds away', shape, 5, 3, 0, 300, true),
    ]),
};
