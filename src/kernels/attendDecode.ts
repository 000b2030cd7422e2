/**
 * attendDecode: attention of one token, split over the context (flash decoding).
 * One dispatch norms and rotates q and k, writes this position's k and v to the
 * cache, and for each head and slice of the positions seen gives
 *   m = max_i s_i,  l = Σ_i exp(s_i - m),  a = Σ_i exp(s_i - m) · v_i
 *   s_i = cap(scale · q · k_i)
 * which attendMerge joins. Softmax and sums are f32. The slice that ends at the new
 * position uses its own k and v, rounded as the cache rounds them; no other
 * workgroup reads that position, so the write needs no barrier between dispatches.
 * A slice with nothing to see has l = 0. Query heads that share a kv head are done
 * together, up to four to a workgroup, so a key is read once for them.
 */
import {
  headRowBindings,
  headRowConstants,
  headRowName,
  headRowWgsl,
  TEMPERATURE_PARAMS,
  type HeadRowOptions,
} from './attend/headRows.ts';
import score from './attend/score.wgsl?raw';
import wgsl from './attendDecode.wgsl?raw';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvAccess, kvBindings, type KvType } from './kv/kv.ts';

export interface AttendDecodeOptions extends HeadRowOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
  /** A multiple of 4, at most 256. */
  readonly headDim: number;
  /** Query heads per kv head. */
  readonly group: number;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvHeads', type: 'u32' },
  { name: 'ropeDims', type: 'u32' }, // channels rotated
  { name: 'window', type: 'u32' }, // positions seen, the own one included; 0 for all
  { name: 'chunk', type: 'u32' }, // positions are seen from the last multiple of it on; 0 for all
  { name: 'splits', type: 'u32' }, // slices of the context
  { name: 'scale', type: 'f32' },
  { name: 'softCap', type: 'f32' }, // 0 for none
  { name: 'eps', type: 'f32' }, // of the norm of q and k
  ...TEMPERATURE_PARAMS,
];

/** Emulators run four threads at a time and pay dearly for every wait between more. */
const SHAPES: Readonly<Record<KernelShape, Readonly<Record<string, number>>>> = {
  hardware: { WIDTH: 64, TILE: 128, PARTS: 16 },
  software: { WIDTH: 4, TILE: 64, PARTS: 4 },
};

function bindingsOf(options: AttendDecodeOptions): readonly TypedBinding[] {
  return [
    ...kvBindings(options.kv, 'read_write'),
    { name: 'qkv', access: 'read', shape: '[(heads + 2 kvHeads)·headDim]', element: 'f32' },
    ...headRowBindings(options),
    {
      name: 'partials',
      access: 'read_write',
      shape: '[heads, splits, 1 + headDim/4] (m, l), then a',
      element: 'vec4<f32>',
    },
  ];
}

export function attendDecode(options: AttendDecodeOptions): KernelCard {
  const { kv, shape, headDim, group } = options;
  if (headDim % 4 !== 0 || headDim > 256) throw new Error(`attendDecode: heads of ${headDim} channels`);
  const bindings = bindingsOf(options);
  const blocks = Math.ceil(group / 4);
  return {
    name: `attendDecode.${kv}.${headRowName(options)}.${shape}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      kvAccess(kv, 'read_write'),
      headRowWgsl(options),
      score,
      wgsl,
    ].join('\n'),
    constants: { ...SHAPES[shape], ...headRowConstants(options), HEAD_DIM: headDim, GROUP: group },
    needs: [],
    grid: ({ kvHeads = 0, splits = 0 }) => [kvHeads * blocks, splits, 1],
  };
}

/** Bytes of the `partials` binding. */
export function partialsBytes(heads: number, splits: number, headDim: number): number {
  return heads * splits * (headDim + 4) * 4;
}
