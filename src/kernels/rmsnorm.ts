/**
 * rmsnorm: out[t] (= | +=) x[t] / sqrt(mean(x[t]²) + eps) · weight, each token of the
 * step in f32. `add` is Gemma's post norm, which goes into the residual stream. For
 * chunks of tokens; at decode the matvec kernels fold the norm in.
 */
import type { KernelCard, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import main from './rmsnorm.wgsl?raw';
import workgroupSum from './workgroupSum.wgsl?raw';

const PARAMS: readonly ParamField[] = [
  { name: 'width', type: 'u32' }, // columns without padding
  { name: 'xStride', type: 'u32' }, // floats from a token to the next
  { name: 'stride', type: 'u32' }, // the same in out
  { name: 'eps', type: 'f32' },
];

const BINDINGS: readonly TypedBinding[] = [
  { name: 'x', access: 'read', shape: '[tokens, xStride/4]', element: 'vec4<f32>' },
  { name: 'weight', access: 'read', shape: '[width/4], zero past width', element: 'vec4<f32>' },
  { name: 'out', access: 'read_write', shape: '[tokens, stride/4]', element: 'vec4<f32>' },
];

export function rmsnorm({ add }: { readonly add: boolean }): KernelCard {
  return {
    name: add ? 'rmsnorm.add' : 'rmsnorm',
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: true,
    wgsl: [declare(PARAMS, BINDINGS, true), workgroupSum, main].join('\n'),
    constants: { ADD: add ? 1 : 0 },
    needs: [],
    grid: (_params, tokens) => [tokens, 1, 1],
  };
}
