/**
 * expertMatmul: the tokens of a chunk through the experts they chose, one grouped product
 * over the tiles that expertSort made, by an indirect grid. With e = token · perToken + k:
 *   gateUp  y[e, r] = act(gate_r) · up_r, gate and up = w_e · Σ_c W[slot][·, c] · x[token, c] + bias[id]
 *   down    y[e, r] = Σ_c W[slot][r, c] · x[e, c] + bias[id][r]
 * where w_e is the router's weight with `weighInput` (Llama 4), else 1. Slot s has rows
 * [s·2·rows, (s+1)·2·rows) of W, gates first, or [s·rows, (s+1)·rows) in `down`.
 * Sums are f32, over a row's columns in order, so that a token's result does not depend
 * on the chunk it came in nor on the tokens beside it.
 *
 * A pool cut over several bindings takes a launch for each, which skips the tiles whose
 * slot lies outside its own. An expert without tokens has no tile and costs nothing.
 *
 * 'hardware' is for GPUs: 64 sums by 32 entries in 12 KB of workgroup memory. 'software'
 * is for emulators: a thread per four sums of 16 entries.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import hardware from './expertMatmul/hardware.wgsl?raw';
import software from './expertMatmul/software.wgsl?raw';
import tile from './expertMatmul/tile.wgsl?raw';
import weightInput from './expertMatmul/weight.input.wgsl?raw';
import weightNone from './expertMatmul/weight.none.wgsl?raw';
import { GATE_CODE, type Gate } from './matvec.ts';
import biasNone from './matvec/bias.none.wgsl?raw';
import biasRows from './matvec/bias.rows.wgsl?raw';
import epilogue from './matvec/epilogue.wgsl?raw';
import rowsWgsl from './product/rows.wgsl?raw';
import { tileProduct } from './product/tile.ts';
import { weightBindings, weightReader } from './quant/layouts.ts';

export type ExpertRole = 'gateUp' | 'down';

export interface ExpertMatmulOptions {
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly role: ExpertRole;
  /** 'none' in `down`, and only there. */
  readonly gate: Gate;
  readonly bias: boolean;
  /** The router's weight multiplies the input; only in `gateUp`. */
  readonly weighInput: boolean;
}

/** Sums and entries of one workgroup. */
const TILES: Readonly<Record<KernelShape, { readonly sums: number; readonly entries: number }>> = {
  hardware: { sums: 64, entries: 32 },
  software: { sums: 128, entries: 16 },
};

const PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // outputs: half of an expert's rows of W where gated
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'xStride', type: 'u32' }, // floats from a row of x to the next
  { name: 'yStride', type: 'u32' },
  { name: 'perToken', type: 'u32' }, // entries of a token
  { name: 'slotBase', type: 'u32' }, // first slot in this binding
  { name: 'slotCount', type: 'u32' },
];

const X: TypedBinding = {
  name: 'x',
  access: 'read',
  shape: '[tokens, xStride/4], in down [tokens*perToken, xStride/4]',
  element: 'vec4<f32>',
};
const ORDER: TypedBinding = {
  name: 'order',
  access: 'read',
  shape: '[tokens*perToken] entries',
  element: 'u32',
};
const TILE_LIST: TypedBinding = {
  name: 'tiles',
  access: 'read',
  shape: '[tiles] of (id - idBase, slot, first in order, count)',
  element: 'vec4<u32>',
};
const Y: TypedBinding = {
  name: 'y',
  access: 'read_write',
  shape: '[tokens*perToken, yStride]',
  element: 'f32',
};
const BIAS: TypedBinding = {
  name: 'bias',
  access: 'read',
  shape: '[ids, rows], [ids, 2*rows] gated',
  element: 'f32',
};
const ROUTES: TypedBinding = {
  name: 'routes',
  access: 'read',
  shape: '[tokens, perToken] of (id, weight bits)',
  element: 'vec2<u32>',
};

function expertMatmulName(options: ExpertMatmulOptions): string {
  const parts = ['expertMatmul', options.layout, options.shape, options.role];
  if (options.bias) parts.push('bias');
  if (options.gate !== 'none') parts.push(options.gate);
  if (options.weighInput) parts.push('weighInput');
  return parts.join('.');
}

/** Launched by a grid that expertSort wrote; expertGrid says where. */
export function expertMatmul(options: ExpertMatmulOptions): KernelCard {
  const { layout, shape, role, gate, bias, weighInput } = options;
  const name = expertMatmulName(options);
  if ((role === 'down') !== (gate === 'none')) throw new Error(`${name}: gate and role disagree`);
  if (role === 'down' && weighInput) throw new Error(`${name}: no weights in down`);
  const bindings = [
    ...weightBindings(layout),
    X,
    ORDER,
    TILE_LIST,
    Y,
    ...(bias ? [BIAS] : []),
    ...(weighInput ? [ROUTES] : []),
  ];
  return {
    name,
    params: PARAMS,
    bindings,
    usesStep: false,
    wgsl: [
      declare(PARAMS, bindings, false),
      weightReader(layout),
      bias ? biasRows : biasNone,
      weighInput ? weightInput : weightNone,
      epilogue,
      rowsWgsl,
      tileProduct(shape),
      tile,
      shape === 'software' ? software : hardware,
    ].join('\n'),
    constants: { GATE: GATE_CODE[gate], PER_ENTRY: role === 'down' ? 1 : 0 },
    needs: [],
    grid: () => {
      throw new Error(`${name} is launched by the grid that expertSort wrote`);
    },
  };
}

/** Entries a tile holds at most. */
export function expertTile(shape: KernelShape): number {
  return TILES[shape].entries;
}

/** Workgroups a tile needs for `rows` outputs. */
export function expertBlocks(shape: KernelShape, role: ExpertRole, rows: number): number {
  const { sums } = TILES[shape];
  return Math.ceil(rows / (role === 'gateUp' ? sums / 2 : sums));
}
