/**
 * matmul: the tokens of a step through a weight matrix.
 *   y[t, yOffset + r] (= | +=) cap(outScale · act(Σ_c W[r, c] · x[t, c] + bias[r]))
 * Sums are f32, over a row's columns in order, so that a token's result does not
 * depend on the chunk it came in. With a gate, W stacks [2 · rows, cols], and
 * y[t, r] = act(gate_r) · up_r.
 *
 * 'hardware' is for GPUs: 64 x 64 tiles in 16 KB of workgroup memory. 'software' is for
 * emulators: a thread per four sums of 16 tokens.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import hardware from './matmul/hardware.wgsl?raw';
import output from './matmul/output.wgsl?raw';
import software from './matmul/software.wgsl?raw';
import { GATE_CODE, type Gate } from './matvec.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';
import epilogue from './matvec/epilogue.wgsl?raw';
import rowsWgsl from './product/rows.wgsl?raw';
import { tileProduct } from './product/tile.ts';
import { weightBindings, weightReader } from './quant/layouts.ts';

export interface MatmulOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly bias: boolean;
  /** y += instead of y =. */
  readonly add: boolean;
  readonly gate: Gate;
}

/** Sums and tokens of one workgroup. */
const TILES: Readonly<Record<KernelShape, { readonly sums: number; readonly tokens: number }>> = {
  hardware: { sums: 64, tokens: 64 },
  software: { sums: 128, tokens: 16 },
};

const PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // outputs: half the rows of W where gated
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'xStride', type: 'u32' }, // floats from a token to the next
  { name: 'yStride', type: 'u32' },
  { name: 'yOffset', type: 'u32' },
  { name: 'outScale', type: 'f32' }, // multiplies the result before the cap
  { name: 'softCap', type: 'f32' }, // 0 for none
];

const X: TypedBinding = { name: 'x', access: 'read', shape: '[tokens, xStride/4]', element: 'vec4<f32>' };
const Y: TypedBinding = { name: 'y', access: 'read_write', shape: '[tokens, yStride]', element: 'f32' };
const BIAS: TypedBinding = { name: 'bias', access: 'read', shape: '[rows], [2*rows] gated', element: 'f32' };

function matmulName(options: MatmulOptions): string {
  const parts = ['matmul', options.layout, options.shape];
  if (options.bias) parts.push('bias');
  if (options.gate !== 'none') parts.push(options.gate);
  if (options.add) parts.push('add');
  return parts.join('.');
}

export function matmul(options: MatmulOptions): KernelCard {
  const bindings = [...weightBindings(options.layout), X, Y, ...(options.bias ? [BIAS] : [])];
  const tile = TILES[options.shape];
  const outputs = options.gate === 'none' ? tile.sums : tile.sums / 2;
  return {
    name: matmulName(options),
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      weightReader(options.layout),
      options.bias ? biasRows : biasNone,
      epilogue,
      rowsWgsl,
      tileProduct(options.shape),
      output,
      options.shape === 'software' ? software : hardware,
    ].join('\n'),
    constants: { ADD: options.add ? 1 : 0, GATE: GATE_CODE[options.gate] },
    needs: [],
    grid: (params: Params, tokens) => [
      Math.ceil(params['rows']! / outputs),
      Math.ceil(tokens / tile.tokens),
      1,
    ],
  };
}
