/**
 * embed: out[t, c] = scale · W[timeline[position + t], c] for the tokens of a step. The
 * ids are read from the timeline on the GPU, where the sampler puts them. A matrix
 * too large for one binding is launched once per chunk of rows; ids of other chunks
 * are left alone.
 */
import type { WeightLayout } from '../formats/layouts.ts';
import type { KernelCard, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import main from './embed.wgsl?raw';
import { weightBindings, weightReader } from './quant/layouts.ts';

const THREADS = 64;

const PARAMS: readonly ParamField[] = [
  { name: 'width', type: 'u32' }, // columns without padding
  { name: 'groups', type: 'u32' }, // padded columns / 32
  { name: 'rowStart', type: 'u32' }, // first id in this chunk of W
  { name: 'rowCount', type: 'u32' },
  { name: 'outStride', type: 'u32' }, // floats from a token to the next
  { name: 'scale', type: 'f32' },
];

export function embed({ layout }: { readonly layout: WeightLayout }): KernelCard {
  const bindings: readonly TypedBinding[] = [
    ...weightBindings(layout),
    { name: 'timeline', access: 'read', shape: '[context] token ids', element: 'u32' },
    { name: 'out', access: 'read_write', shape: '[tokens, outStride/4]', element: 'vec4<f32>' },
  ];
  return {
    name: `embed.${layout}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [declare(PARAMS, bindings, true), weightReader(layout), main].join('\n'),
    constants: {},
    needs: [],
    grid: (params: Params, tokens) => [Math.ceil(params['groups']! / THREADS), tokens, 1],
  };
}
