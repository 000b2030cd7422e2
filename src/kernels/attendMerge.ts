/**
 * attendMerge: joins what attendDecode found in each slice of the context,
 *   out[h] = Σ_s exp(m_s - M) · a_s / Σ_s exp(m_s - M) · l_s,  M = max_s m_s
 * so that no exponential overflows. Slices with l = 0 saw nothing and are skipped.
 */
import wgsl from './attendMerge.wgsl?raw';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'splits', type: 'u32' },
  { name: 'quads', type: 'u32' }, // headDim / 4
];

const BINDINGS: readonly TypedBinding[] = [
  {
    name: 'partials',
    access: 'read',
    shape: '[heads, splits, 1 + headDim/4] (m, l), then a',
    element: 'vec4<f32>',
  },
  { name: 'out', access: 'read_write', shape: '[heads, headDim/4]', element: 'vec4<f32>' },
];

const WIDTH: Readonly<Record<KernelShape, number>> = { hardware: 64, software: 16 };

export function attendMerge({ shape }: { readonly shape: KernelShape }): KernelCard {
  return {
    name: `attendMerge.${shape}`,
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: false,
    wgsl: [declare(PARAMS, BINDINGS, false), wgsl].join('\n'),
    constants: { WIDTH: WIDTH[shape] },
    needs: [],
    grid: ({ heads = 0, quads = 0 }) => [Math.ceil((heads * quads) / WIDTH[shape]), 1, 1],
  };
}
