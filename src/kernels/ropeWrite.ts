/**
 * ropeWrite (prefill): what attendPrefill needs done to a chunk's qkv rows first.
 * For each token t: q is normed (where the model does), rotated and scaled in place, k is
 * normed and rotated into the cache at position + t, v is stored there. The sum of
 * squares is f32; the rope table was made in f64.
 */
import {
  headRowBindings,
  headRowConstants,
  headRowName,
  headRowWgsl,
  TEMPERATURE_PARAMS,
  type HeadRowOptions,
} from './attend/headRows.ts';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvAccess, kvBindings, type KvType } from './kv/kv.ts';
import wgsl from './ropeWrite.wgsl?raw';

export interface RopeWriteOptions extends HeadRowOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
  /** A multiple of 4. */
  readonly headDim: number;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvHeads', type: 'u32' },
  { name: 'ropeDims', type: 'u32' }, // channels rotated
  { name: 'qkvStride', type: 'u32' }, // floats from one token's row to the next
  { name: 'eps', type: 'f32' }, // of the norm of q and k
  ...TEMPERATURE_PARAMS,
];

const SHAPES: Readonly<Record<KernelShape, { readonly WIDTH: number; readonly LANES: number }>> = {
  hardware: { WIDTH: 64, LANES: 16 },
  software: { WIDTH: 16, LANES: 1 },
};

function bindingsOf(options: RopeWriteOptions): readonly TypedBinding[] {
  return [
    ...kvBindings(options.kv, 'read_write'),
    { name: 'qkv', access: 'read_write', shape: '[tokens, qkvStride]', element: 'f32' },
    ...headRowBindings(options),
  ];
}

export function ropeWrite(options: RopeWriteOptions): KernelCard {
  const { kv, shape, headDim } = options;
  if (headDim % 4 !== 0) throw new Error(`ropeWrite: heads of ${headDim} channels`);
  const bindings = bindingsOf(options);
  const { WIDTH, LANES } = SHAPES[shape];
  return {
    name: `ropeWrite.${kv}.${headRowName(options)}.${shape}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [declare(PARAMS, bindings, true), kvAccess(kv, 'read_write'), headRowWgsl(options), wgsl].join(
      '\n',
    ),
    constants: { WIDTH, LANES, ...headRowConstants(options), HEAD_DIM: headDim },
    needs: [],
    grid: ({ heads = 0, kvHeads = 0 }, tokens) => [
      Math.ceil((heads + 2 * kvHeads) / (WIDTH / LANES)),
      tokens,
      1,
    ],
  };
}
