/**
 * shortConv: LFM2's gated short convolution, between its two projections:
 *   g[p, c] = B[p, c] · x[p, c]
 *   y[t, c] = C[t, c] · (Σ_j weight[c, j] · g[p - width + 1 + j, c] + bias[c]),  p = position + t
 * causal, per channel, in f32; positions before 0 are zero. g of a position p is kept in
 * slot p % ring of `state`, where later steps find it; a chunk's own are made anew from
 * its rows. The ring has at least tokens + width slots. Taps are summed oldest first, so
 * a result does not depend on how the prompt was cut into chunks.
 */
import type { KernelCard, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';
import wgsl from './shortConv.wgsl?raw';

export interface ShortConvOptions {
  readonly bias: boolean;
}

const PARAMS: readonly ParamField[] = [
  { name: 'hidden', type: 'u32' },
  { name: 'width', type: 'u32' }, // taps, the token's own included
  { name: 'xStride', type: 'u32' }, // floats from one token's row to the next
  { name: 'yStride', type: 'u32' },
  { name: 'ring', type: 'u32' }, // slots of state
];

const WIDTH = 64;

export function shortConv({ bias }: ShortConvOptions): KernelCard {
  const bindings: readonly TypedBinding[] = [
    { name: 'bcx', access: 'read', shape: '[tokens, xStride] B, C, x of hidden each', element: 'f32' },
    { name: 'weight', access: 'read', shape: '[hidden, width] oldest tap first', element: 'f32' },
    ...(bias ? [{ name: 'bias', access: 'read', shape: '[hidden]', element: 'f32' } as const] : []),
    { name: 'state', access: 'read_write', shape: '[ring, hidden]', element: 'f32' },
    { name: 'y', access: 'read_write', shape: '[tokens, yStride]', element: 'f32' },
  ];
  return {
    name: bias ? 'shortConv.bias' : 'shortConv',
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [declare(PARAMS, bindings, true), bias ? biasRows : biasNone, wgsl].join('\n'),
    constants: { WIDTH },
    needs: [],
    grid: ({ hidden = 0 }, tokens) => [Math.ceil(hidden / WIDTH), tokens, 1],
  };
}
