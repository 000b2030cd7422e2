/**
 * attendMerge: joins what attendDecode found in each slice of the context,
 *   out[h] = Σ_s exp(m_s - M) · a_s / Σ_s exp(m_s - M) · l_s,  M = max_s m_s
 * so that no exponential overflows; a sink is one more score, of a value that is zero. Slices with l = 0 saw nothing and are skipped.
 */
import { SINKS } from './attend/sinks.ts';
import sinksHeads from './attend/sinks.heads.wgsl?raw';
import sinksNone from './attend/sinks.none.wgsl?raw';
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

export interface AttendMergeOptions {
  readonly shape: KernelShape;
  /** A logit per head joins the softmax and has no value: binds sinks. */
  readonly sinks: boolean;
}

export function attendMerge({ shape, sinks }: AttendMergeOptions): KernelCard {
  const bindings = sinks ? [...BINDINGS, SINKS] : BINDINGS;
  return {
    name: `attendMerge.${shape}${sinks ? '.sinks' : ''}`,
    params: PARAMS,
    bindings,
    usesStep: false,
    wgsl: [declare(PARAMS, bindings, false), sinks ? sinksHeads : sinksNone, wgsl].join('\n'),
    constants: { WIDTH: WIDTH[shape] },
    needs: [],
    grid: ({ heads = 0, quads = 0 }) => [Math.ceil((heads * quads) / WIDTH[shape]), 1, 1],
  };
}
