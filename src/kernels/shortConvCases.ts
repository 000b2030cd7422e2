/** shortConv against plain loops over the whole prompt. */
import { noise } from './attend/plain.ts';
import type { KernelCase, KernelSuite } from './card.ts';
import { shortConv } from './shortConv.ts';

interface ConvSetup {
  readonly title: string;
  readonly bias: boolean;
  readonly hidden: number;
  readonly width: number;
  readonly position: number;
  readonly tokens: number;
  readonly ring: number;
}

const SETUPS: readonly ConvSetup[] = [
  { title: 'first token', bias: false, hidden: 70, width: 3, position: 0, tokens: 1, ring: 8 },
  { title: 'second token', bias: false, hidden: 70, width: 3, position: 1, tokens: 1, ring: 8 },
  {
    title: 'the ring just fits, and wraps',
    bias: false,
    hidden: 36,
    width: 3,
    position: 17,
    tokens: 5,
    ring: 8,
  },
  { title: 'first chunk', bias: false, hidden: 36, width: 4, position: 0, tokens: 6, ring: 16 },
  { title: 'bias, from position 1', bias: true, hidden: 20, width: 4, position: 1, tokens: 2, ring: 6 },
  { title: 'one tap', bias: true, hidden: 20, width: 1, position: 9, tokens: 3, ring: 4 },
];

function convCase(setup: ConvSetup): KernelCase {
  const { hidden, width, position, tokens, ring, bias } = setup;
  const xStride = Math.ceil((3 * hidden) / 32) * 32;
  const yStride = Math.ceil(hidden / 32) * 32;
  const rows = noise(1, (position + tokens) * xStride, 2); // from the first position on
  const weight = noise(2, hidden * width);
  const biases = noise(3, hidden);
  const gatedInput = (p: number, c: number): number =>
    p < 0 ? 0 : rows[p * xStride + c]! * rows[p * xStride + 2 * hidden + c]!;
  // Slots of positions no tap reaches hold rubbish.
  const state = new Float32Array(ring * hidden).fill(NaN);
  const keep = (kept: Float32Array, from: number, to: number): void => {
    for (let p = Math.max(0, from); p < to; p++)
      for (let c = 0; c < hidden; c++) kept[(p % ring) * hidden + c] = gatedInput(p, c);
  };
  keep(state, position + 1 - width, position);
  const y = new Float32Array(tokens * yStride).fill(7);
  return {
    title: setup.title,
    card: shortConv({ bias }),
    params: { hidden, width, xStride, yStride, ring },
    step: { position, tokens, seed: 0 },
    tokens,
    buffers: { bcx: rows.slice(position * xStride), weight, bias: biases, state, y },
    reference: () => {
      const kept = state.slice();
      keep(kept, position, position + tokens);
      const expected = y.slice();
      for (let t = 0; t < tokens; t++) {
        const p = position + t;
        for (let c = 0; c < hidden; c++) {
          let sum = bias ? biases[c]! : 0;
          for (let j = 0; j < width; j++) sum += weight[c * width + j]! * gatedInput(p - width + 1 + j, c);
          expected[t * yStride + c] = rows[p * xStride + hidden + c]! * sum;
        }
      }
      return { y: expected, state: kept };
    },
    tolerance: { nmse: 1e-12, maxAbs: 1e-5 },
  };
}

export const shortConvSuite: KernelSuite = {
  name: 'shortConv',
  cases: () => SETUPS.map(convCase),
};
