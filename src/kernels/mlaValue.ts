/**
 * From the latents attention gathered to values, v = W_V c being linear:
 *   out[t, h · valueDim + j] = Σ_r W_V[h · valueDim + j, r] · z[t, h, r]
 * mlaValue (one token) joins the slices mlaAttendDecode left as it reads them,
 *   z[h] = Σ_s exp(m_s - M) · a_s / Σ_s exp(m_s - M) · l_s,  M = max_s m_s
 * skipping those with l = 0, which come last. mlaValueMany takes a chunk's z from
 * mlaAttendPrefill. Sums are f32, over columns in one order wherever a token lies in its
 * chunk. kvRank and valueDim are multiples of 4.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { checkColumns, manyTokenProduct, oneTokenProduct, type HeadProduct } from './mla/headProduct.ts';
import { partialsBinding } from './mla/latent.ts';
import oneWgsl from './mlaValue.wgsl?raw';
import manyWgsl from './mlaValueMany.wgsl?raw';
import { weightBindings, weightReader } from './quant/layouts.ts';

export interface MlaValueOptions {
  /** Of W_V. */
  readonly layout: WeightLayout;
  readonly shape: KernelShape;
}

const SHARED: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvRank', type: 'u32' }, // at most 512 for one token
  { name: 'valueDim', type: 'u32' },
  { name: 'groups', type: 'u32' }, // padded kvRank / 32
];

/** A row is kvRank wide, 512 in the models there are: two groups a lane, so that fewer workgroups join slices. */
const LANES = 8;

interface Half {
  readonly name: string;
  readonly params: readonly ParamField[];
  readonly bindings: readonly TypedBinding[];
  readonly usesStep: boolean;
  readonly product: HeadProduct;
  readonly constants: Readonly<Record<string, number>>;
  readonly wgsl: string;
}

function valueCard(half: Half, { layout, shape }: MlaValueOptions): KernelCard {
  const { params, usesStep, product } = half;
  const bindings = [...weightBindings(layout), ...half.bindings];
  return {
    name: `${half.name}.${layout}.${shape}`,
    params,
    bindings,
    usesStep,
    wgsl: [declare(params, bindings, usesStep), weightReader(layout), product.wgsl, half.wgsl].join('\n'),
    constants: { ...product.constants, ...half.constants },
    needs: [],
    grid: ({ heads = 0, valueDim = 0, groups = 0, splits = 0 }, tokens) => {
      if (!usesStep) checkColumns(half.name, groups);
      const { MAX_SPLITS = 0 } = half.constants;
      if (splits > MAX_SPLITS) throw new Error(`${half.name}: ${splits} slices of ${MAX_SPLITS}`);
      return [product.blocks(valueDim), heads, product.tiles(tokens)];
    },
  };
}

/** What mlaValue has room for: padded kvRank / 32, and slices of the context. */
export interface MlaValueRoom {
  readonly groups: number;
  readonly splits: number;
}

export function mlaValue(options: MlaValueOptions, { groups, splits }: MlaValueRoom): KernelCard {
  return valueCard(
    {
      name: 'mlaValue',
      params: [...SHARED, { name: 'splits', type: 'u32' }],
      bindings: [
        partialsBinding('read'),
        { name: 'out', access: 'read_write', shape: '[heads · valueDim]', element: 'f32' },
      ],
      usesStep: false,
      product: oneTokenProduct(options.shape, LANES, groups),
      constants: { MAX_SPLITS: splits },
      wgsl: oneWgsl,
    },
    options,
  );
}

export function mlaValueMany(options: MlaValueOptions): KernelCard {
  return valueCard(
    {
      name: 'mlaValueMany',
      // Strides: floats from one token's row to the next, that of z a multiple of 4.
      params: [...SHARED, { name: 'zStride', type: 'u32' }, { name: 'outStride', type: 'u32' }],
      bindings: [
        { name: 'z', access: 'read', shape: '[tokens, zStride/4], heads of kvRank', element: 'vec4<f32>' },
        { name: 'out', access: 'read_write', shape: '[tokens, outStride]', element: 'f32' },
      ],
      usesStep: true,
      product: manyTokenProduct(options.shape),
      constants: {},
      wgsl: manyWgsl,
    },
    options,
  );
}
