/**
 * matvec: one token through a weight matrix.
 *   y[yOffset + r] (= | +=) cap(outScale · act(Σ_c W[r, c] · in[c] + bias[r]))
 * Sums are f32. With prologue 'norm', in = rmsnorm(x) · normWeight; with 'postNorm'
 * (Gemma 3), x first takes the last sublayer's output o, normed: h = x + rmsnorm(o) ·
 * postWeight goes to hOut and in = rmsnorm(h) · normWeight. The division by the root
 * mean square is deferred past the sums, so the norm costs no pass and no dispatch.
 * With a gate, W stacks [2 · rows, cols], and y[r] = act(gate_r) · up_r
 * ('swigluOai' as spec.ts has it).
 *
 * 'hardware' is for GPUs: coalesced reads, the input in workgroup memory, a reduction
 * that needs no subgroups. 'software' is for emulators: a thread per four sums.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';
import epilogue from './matvec/epilogue.wgsl?raw';
import hardware from './matvec/hardware.wgsl?raw';
import prologueNone from './matvec/prologue.none.wgsl?raw';
import prologueNorm from './matvec/prologue.norm.wgsl?raw';
import prologuePostNorm from './matvec/prologue.postNorm.wgsl?raw';
import software from './matvec/software.wgsl?raw';
import rows from './product/rows.wgsl?raw';
import { vectorProduct } from './product/vector.ts';
import { weightBindings, weightReader } from './quant/layouts.ts';
import workgroupSum from './workgroupSum.wgsl?raw';

export type Gate = 'none' | 'silu' | 'geluTanh' | 'swigluOai';
export type Prologue = 'none' | 'norm' | 'postNorm';

export interface MatvecOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly prologue: Prologue;
  readonly bias: boolean;
  /** y += instead of y =. */
  readonly add: boolean;
  readonly gate: Gate;
}

/** The value of the GATE override. */
export const GATE_CODE: Readonly<Record<Gate, number>> = {
  none: 0,
  silu: 1,
  geluTanh: 2,
  swigluOai: 3,
};

const MAX_GRID = 65535;

const PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // outputs: half the rows of W where gated
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'width', type: 'u32' }, // columns without padding, which the mean is over
  { name: 'yOffset', type: 'u32' },
  { name: 'eps', type: 'f32' },
  { name: 'outScale', type: 'f32' }, // multiplies the result before the cap
  { name: 'softCap', type: 'f32' }, // 0 for none
];

const X: TypedBinding = { name: 'x', access: 'read', shape: '[cols/4]', element: 'vec4<f32>' };
const Y: TypedBinding = { name: 'y', access: 'read_write', shape: '[yOffset + rows]', element: 'f32' };
const BIAS: TypedBinding = { name: 'bias', access: 'read', shape: '[rows], [2*rows] gated', element: 'f32' };
const NORM_WEIGHT: TypedBinding = { ...X, name: 'normWeight' };

const PROLOGUES: Readonly<
  Record<Prologue, { readonly wgsl: string; readonly bindings: readonly TypedBinding[] }>
> = {
  none: { wgsl: prologueNone, bindings: [] },
  norm: { wgsl: prologueNorm, bindings: [NORM_WEIGHT] },
  postNorm: {
    wgsl: prologuePostNorm,
    bindings: [
      NORM_WEIGHT,
      { ...X, name: 'o' },
      { ...X, name: 'postWeight' },
      { ...X, name: 'hOut', access: 'read_write' },
    ],
  },
};

function bindingsOf(options: MatvecOptions): readonly TypedBinding[] {
  const bias = options.bias ? [BIAS] : [];
  return [...weightBindings(options.layout), X, Y, ...bias, ...PROLOGUES[options.prologue].bindings];
}

function matvecName(options: MatvecOptions): string {
  const parts = ['matvec', options.layout, options.shape];
  if (options.prologue !== 'none') parts.push(options.prologue);
  if (options.bias) parts.push('bias');
  if (options.gate !== 'none') parts.push(options.gate);
  if (options.add) parts.push('add');
  return parts.join('.');
}

/** Throws where a variant would need more than the 8 storage buffers every device has. */
export function matvec(options: MatvecOptions): KernelCard {
  const bindings = bindingsOf(options);
  if (bindings.length > 8) throw new Error(`${matvecName(options)} needs ${bindings.length} storage buffers`);
  const product = vectorProduct(options.shape);
  const outputs = product.summers * (options.gate === 'none' ? 4 : 2);
  return {
    name: matvecName(options),
    params: PARAMS,
    bindings,
    usesStep: false,
    wgsl: [
      declare(PARAMS, bindings, false),
      weightReader(options.layout),
      workgroupSum,
      PROLOGUES[options.prologue].wgsl,
      options.bias ? biasRows : biasNone,
      epilogue,
      rows,
      product.wgsl,
      options.shape === 'software' ? software : hardware,
    ].join('\n'),
    constants: { ...product.constants, ADD: options.add ? 1 : 0, GATE: GATE_CODE[options.gate] },
    needs: [],
    grid: (params: Params) => {
      const workgroups = Math.ceil(params['rows']! / outputs);
      const y = Math.ceil(workgroups / MAX_GRID);
      return [Math.ceil(workgroups / y), y, 1];
    },
  };
}
