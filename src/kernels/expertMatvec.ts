/**
 * expertGateUp and expertDown: one token through its chosen experts, a dispatch each.
 *   h[k, r] = gated(g, u); g, u = W_gate, W_up[slot_k] · rmsnorm(x) (+ biases)
 *   y[r]   += Σ_k w_k · (W_down[slot_k] · h_k + bias_k[r])
 * Entry k of `routes` is an expert's id and the bits of its weight w_k. `slots` says
 * where each expert lies in the bound pool: a pool may be cut over several bindings, and
 * an entry whose slot is not among slotBase..slotBase+slotCount is passed over, its row
 * of h left as it was and nothing added to y. Sums are f32; the norm's division is
 * deferred past them, as in matvec.
 *
 * Weights of the slot s bound: gateUp rows [s·2·inner, (s+1)·2·inner), gates first;
 * down rows [s·hidden, (s+1)·hidden), s counted from slotBase.
 *
 * 'hardware' is for GPUs: coalesced reads, the input in workgroup memory. 'software' is
 * for emulators: a thread per four sums, no barriers where it can.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import downHardware from './expertMatvec/down.hardware.wgsl?raw';
import downSoftware from './expertMatvec/down.software.wgsl?raw';
import entry from './expertMatvec/entry.wgsl?raw';
import gateUp from './expertMatvec/gateUp.wgsl?raw';
import gateUpHardware from './expertMatvec/gateUp.hardware.wgsl?raw';
import gateUpSoftware from './expertMatvec/gateUp.software.wgsl?raw';
import { GATE_CODE, type Gate } from './matvec.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';
import epilogue from './matvec/epilogue.wgsl?raw';
import prologueNone from './matvec/prologue.none.wgsl?raw';
import prologueNorm from './matvec/prologue.norm.wgsl?raw';
import rows from './product/rows.wgsl?raw';
import { vectorProduct } from './product/vector.ts';
import { weightBindings, weightReader } from './quant/layouts.ts';
import workgroupSum from './workgroupSum.wgsl?raw';

export interface ExpertGateUpOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly gate: Exclude<Gate, 'none'>;
  readonly bias: boolean;
  /** The entry's weight multiplies the normed input (Llama 4). */
  readonly weighInput: boolean;
}

export interface ExpertDownOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly bias: boolean;
  /** False where w_k = 1, the input having been weighed. */
  readonly weigh: boolean;
}

/** Entries one launch of expertDown takes. */
const MAX_ENTRIES = 64;

const SLOT_PARAMS: readonly ParamField[] = [
  { name: 'idBase', type: 'u32' }, // the id that is first in `slots`
  { name: 'slotBase', type: 'u32' }, // the slots bound here
  { name: 'slotCount', type: 'u32' },
];
const GATE_UP_PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // inner: outputs of an expert
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'width', type: 'u32' }, // columns without padding, which the mean is over
  { name: 'eps', type: 'f32' },
  { name: 'firstEntry', type: 'u32' },
  { name: 'entries', type: 'u32' },
  { name: 'yStride', type: 'u32' },
  ...SLOT_PARAMS,
];
const DOWN_PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // hidden
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'firstEntry', type: 'u32' },
  { name: 'entries', type: 'u32' },
  { name: 'xStride', type: 'u32' }, // floats
  ...SLOT_PARAMS,
];

const ROUTES: TypedBinding = {
  name: 'routes',
  access: 'read',
  shape: '[entries] (id, weight)',
  element: 'vec2<u32>',
};
const SLOTS: TypedBinding = { name: 'slots', access: 'read', shape: '[ids]', element: 'u32' };

function gateUpBindings(options: ExpertGateUpOptions): readonly TypedBinding[] {
  const bias: TypedBinding = { name: 'bias', access: 'read', shape: '[ids, 2*rows]', element: 'f32' };
  return [
    ...weightBindings(options.layout),
    { name: 'x', access: 'read', shape: '[cols/4]', element: 'vec4<f32>' },
    { name: 'normWeight', access: 'read', shape: '[cols/4]', element: 'vec4<f32>' },
    ROUTES,
    SLOTS,
    { name: 'y', access: 'read_write', shape: '[entries, yStride]', element: 'f32' },
    ...(options.bias ? [bias] : []),
  ];
}

function downBindings(options: ExpertDownOptions): readonly TypedBinding[] {
  const bias: TypedBinding = { name: 'bias', access: 'read', shape: '[ids, rows]', element: 'f32' };
  return [
    ...weightBindings(options.layout),
    { name: 'x', access: 'read', shape: '[entries, xStride/4]', element: 'vec4<f32>' },
    ROUTES,
    SLOTS,
    { name: 'y', access: 'read_write', shape: '[rows]', element: 'f32' },
    ...(options.bias ? [bias] : []),
  ];
}

/** y [entries, yStride]: what each chosen expert's gate and up make of the normed x. */
export function expertGateUp(options: ExpertGateUpOptions): KernelCard {
  const { layout, shape, gate, bias, weighInput } = options;
  const bindings = gateUpBindings(options);
  const product = vectorProduct(shape);
  const name = ['expertGateUp', layout, shape, gate];
  if (bias) name.push('bias');
  if (weighInput) name.push('weighInput');
  return {
    name: name.join('.'),
    params: GATE_UP_PARAMS,
    bindings,
    usesStep: false,
    wgsl: [
      declare(GATE_UP_PARAMS, bindings, false),
      weightReader(layout),
      workgroupSum,
      prologueNorm,
      bias ? biasRows : biasNone,
      epilogue,
      entry,
      gateUp,
      rows,
      product.wgsl,
      shape === 'software' ? gateUpSoftware : gateUpHardware,
    ].join('\n'),
    constants: { ...product.constants, GATE: GATE_CODE[gate], WEIGH_INPUT: weighInput ? 1 : 0 },
    needs: [],
    grid: (params: Params) => [Math.ceil(params['rows']! / (product.summers * 2)), params['entries']!, 1],
  };
}

/** y [rows] += the chosen experts' outputs, weighed. Throws on recording over MAX_ENTRIES entries. */
export function expertDown(options: ExpertDownOptions): KernelCard {
  const { layout, shape, bias, weigh } = options;
  const bindings = downBindings(options);
  const product = vectorProduct(shape);
  const name = ['expertDown', layout, shape];
  if (bias) name.push('bias');
  if (!weigh) name.push('unweighed');
  const constants = { ...product.constants, WEIGH: weigh ? 1 : 0 };
  return {
    name: name.join('.'),
    params: DOWN_PARAMS,
    bindings,
    usesStep: false,
    wgsl: [
      declare(DOWN_PARAMS, bindings, false),
      weightReader(layout),
      workgroupSum,
      prologueNone,
      bias ? biasRows : biasNone,
      entry,
      product.wgsl,
      shape === 'software' ? downSoftware : downHardware,
    ].join('\n'),
    constants: shape === 'software' ? constants : { ...constants, MAX_ENTRIES },
    needs: [],
    grid: (params: Params) => {
      if (params['entries']! > MAX_ENTRIES)
        throw new Error(`${name.join('.')}: ${params['entries']} entries, at most ${MAX_ENTRIES}`);
      return [Math.ceil(params['rows']! / (product.summers * 4)), 1, 1];
    },
  };
}
