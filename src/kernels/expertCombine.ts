/**
 * expertCombine: what a token's experts made joins the stream.
 *   stream[t, c] += Σ_k w_k · out[t · perToken + k, c], in f32, k ascending
 * where w_k is the router's weight with `weigh`, else 1. Every entry of `out` is read, so
 * that a step has written all of them before, also where its experts lie in several pools.
 */
import type { KernelCard, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import expertCombine_wgsl from './expertCombine.wgsl?raw';

const PARAMS: readonly ParamField[] = [
  { name: 'width', type: 'u32' }, // of the stream, without padding
  { name: 'stride', type: 'u32' }, // floats from a token of the stream to the next
  { name: 'outStride', type: 'u32' }, // and from an entry to the next
  { name: 'perToken', type: 'u32' }, // entries of a token
];

const BINDINGS: readonly TypedBinding[] = [
  { name: 'out', access: 'read', shape: '[tokens*perToken, outStride]', element: 'f32' },
  { name: 'routes', access: 'read', shape: '[tokens, perToken] of (id, weight bits)', element: 'vec2<u32>' },
  { name: 'stream', access: 'read_write', shape: '[tokens, stride]', element: 'f32' },
];

export function expertCombine({ weigh }: { readonly weigh: boolean }): KernelCard {
  return {
    name: weigh ? 'expertCombine.weigh' : 'expertCombine',
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: false,
    wgsl: [declare(PARAMS, BINDINGS, false), expertCombine_wgsl].join('\n'),
    constants: { WEIGH: weigh ? 1 : 0 },
    needs: [],
    grid: (params: Params, tokens) => [Math.ceil(params['width']! / 64), tokens, 1],
  };
}
