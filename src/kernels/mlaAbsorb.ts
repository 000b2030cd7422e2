/**
 * mlaAbsorb: what latent attention (DeepSeek-V2, arXiv 2405.04434) needs done to a
 * token's projections. Keys are W_K c of a latent c, so that q · W_K c = (W_Kᵀ q) · c:
 * the key matrix goes to the query's side, and attention runs over latents,
 *   queries[t, h] = s · (W_K[h]ᵀ q_nope, rope(q_rope)),  s = scale · temperature(position + t)
 *   cache[position + t] = (rmsnorm(c) · kvNorm, rope(k_rope))
 *   temperature(p) = 1 + tempScale · ln(1 + ⌊(p + tempOffset) / tempSpan⌋)
 * W_K is stored transposed, [heads · kvRank, nopeDim]. Sums are f32, over columns in
 * one order wherever a token lies in its chunk. All dimensions, offsets and strides are
 * multiples of 4, and q and latent may be one buffer.
 *
 * With `many` false the step is one token; weights are read as matvec reads them. With
 * `many` true it is a chunk: a tiled product per head, weights unpacked once for
 * 32 tokens (16 on emulators).
 */
import type { WeightLayout } from '../formats/layouts.ts';
import { TEMPERATURE_PARAMS } from './attend/headRows.ts';
import temperature from './attend/temperature.wgsl?raw';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvFormat, type KvType } from './kv/kv.ts';
import { checkColumns, manyTokenProduct, oneTokenProduct } from './mla/headProduct.ts';
import { latentBinding } from './mla/latent.ts';
import ropeWgsl from './mla/rope.wgsl?raw';
import wgsl from './mlaAbsorb.wgsl?raw';
import { weightBindings, weightReader } from './quant/layouts.ts';
import workgroupSum from './workgroupSum.wgsl?raw';

export interface MlaAbsorbOptions {
  /** Of W_K. */
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
  readonly kv: KvType;
  /** Which channels rotate together: (i, i + ropeDim/2) or (2i, 2i + 1). */
  readonly pairing: 'half' | 'interleaved';
  readonly many: boolean;
  /** Padded nopeDim / 32. */
  readonly groups: number;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'nopeDim', type: 'u32' }, // at most 512 where not many
  { name: 'ropeDim', type: 'u32' },
  { name: 'kvRank', type: 'u32' },
  { name: 'groups', type: 'u32' }, // padded nopeDim / 32
  { name: 'qOffset', type: 'u32' }, // floats to the first head of a row
  { name: 'qStride', type: 'u32' }, // floats from one token's row to the next
  { name: 'latentOffset', type: 'u32' },
  { name: 'latentStride', type: 'u32' },
  { name: 'queryStride', type: 'u32' },
  { name: 'eps', type: 'f32' },
  { name: 'scale', type: 'f32' },
  ...TEMPERATURE_PARAMS,
];

/** A row is nopeDim wide, 128 or 192 in the models there are. */
const LANES = 4;

function bindingsOf({ layout, kv }: MlaAbsorbOptions): readonly TypedBinding[] {
  return [
    ...weightBindings(layout),
    { name: 'q', access: 'read', shape: '[tokens, qStride/4], heads of nope, rope', element: 'vec4<f32>' },
    {
      name: 'latent',
      access: 'read',
      shape: '[tokens, latentStride/4], latent, key',
      element: 'vec4<f32>',
    },
    { name: 'kvNorm', access: 'read', shape: '[kvRank/4]', element: 'vec4<f32>' },
    { name: 'rope', access: 'read', shape: '[capacity, ropeDim/2] (cos, sin)', element: 'vec2<f32>' },
    latentBinding(kv, 'read_write'),
    {
      name: 'queries',
      access: 'read_write',
      shape: '[tokens, queryStride], heads of kvRank + ropeDim',
      element: 'f32',
    },
  ];
}

export function mlaAbsorb(options: MlaAbsorbOptions): KernelCard {
  const { layout, shape, kv, pairing, many, groups } = options;
  const bindings = bindingsOf(options);
  const product = many ? manyTokenProduct(shape) : oneTokenProduct(shape, LANES, groups);
  const name = `mlaAbsorb.${layout}.${kv}.${pairing}.${many ? 'many' : 'one'}.${shape}`;
  return {
    name,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      kvFormat(kv).wgsl,
      weightReader(layout),
      workgroupSum,
      temperature,
      ropeWgsl,
      product.wgsl,
      wgsl,
    ].join('\n'),
    constants: { ...product.constants, INTERLEAVED: pairing === 'interleaved' ? 1 : 0 },
    needs: [],
    grid: ({ heads = 0, kvRank = 0, groups = 0 }, tokens) => {
      if (!many) checkColumns(name, groups);
      return [product.blocks(kvRank), heads + 1, product.tiles(tokens)];
    },
  };
}
