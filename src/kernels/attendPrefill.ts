/**
 * attendPrefill: causal attention of a chunk's tokens over the cache, which already
 * holds their keys and values (ropeWrite):
 *   out[t, h] = Σ_i softmax_i(cap(scale · q[t, h] · k_i)) · v_i,  i ≤ position + t
 * and i > position + t - window where there is a window. A sink adds exp(sink[h]) to
 * the softmax's denominator. Softmax is online in f32.
 * Keys are taken in blocks that begin at fixed positions, so a token's result does
 * not depend on how the prompt was cut into chunks.
 *
 * 'hardware' tiles 32 tokens by 32 keys in 13 KB of workgroup memory; 'software' is a
 * thread per (4 tokens, head), without barriers, for emulators.
 */
import { SINKS } from './attend/sinks.ts';
import score from './attend/score.wgsl?raw';
import sinksHeads from './attend/sinks.heads.wgsl?raw';
import sinksNone from './attend/sinks.none.wgsl?raw';
import chunks2 from './attendPrefill/chunks2.wgsl?raw';
import chunks4 from './attendPrefill/chunks4.wgsl?raw';
import chunks8 from './attendPrefill/chunks8.wgsl?raw';
import hardware from './attendPrefill/hardware.wgsl?raw';
import software from './attendPrefill/software.wgsl?raw';
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvAccess, kvBindings, type KvType } from './kv/kv.ts';

export interface AttendPrefillOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
  /** A multiple of 4, at most 256. */
  readonly headDim: number;
  /** A logit per head joins the softmax and has no value: binds sinks. */
  readonly sinks: boolean;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvHeads', type: 'u32' },
  { name: 'qkvStride', type: 'u32' }, // floats from one token's row to the next, a multiple of 4
  { name: 'outStride', type: 'u32' }, // the same of out
  { name: 'window', type: 'u32' }, // positions seen, the own one included; 0 for all
  { name: 'chunk', type: 'u32' }, // positions are seen from the last multiple of it on; 0 for all
  { name: 'scale', type: 'f32' },
  { name: 'softCap', type: 'f32' }, // 0 for none
];

const TOKENS_PER_WORKGROUP: Readonly<Record<KernelShape, number>> = { hardware: 32, software: 16 };

function chunksFor(headDim: number): string {
  if (headDim % 4 !== 0 || headDim > 256) throw new Error(`attendPrefill: heads of ${headDim} channels`);
  if (headDim <= 64) return chunks2;
  return headDim <= 128 ? chunks4 : chunks8;
}

export function attendPrefill({ kv, shape, headDim, sinks }: AttendPrefillOptions): KernelCard {
  const bindings: readonly TypedBinding[] = [
    ...kvBindings(kv, 'read'),
    {
      name: 'qkv',
      access: 'read',
      shape: '[tokens, qkvStride/4], q normed and rotated',
      element: 'vec4<f32>',
    },
    { name: 'out', access: 'read_write', shape: '[tokens, outStride/4]', element: 'vec4<f32>' },
    ...(sinks ? [SINKS] : []),
  ];
  const perWorkgroup = TOKENS_PER_WORKGROUP[shape];
  return {
    name: `attendPrefill.${kv}.${shape}${sinks ? '.sinks' : ''}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      kvAccess(kv, 'read'),
      score,
      sinks ? sinksHeads : sinksNone,
      chunksFor(headDim),
      shape === 'hardware' ? hardware : software,
    ].join('\n'),
    constants: { HEAD_DIM: headDim, ...(shape === 'software' ? { WIDTH: perWorkgroup / 4 } : {}) },
    needs: [],
    grid: ({ heads = 0 }, tokens) => [Math.ceil(tokens / perWorkgroup), heads, 1],
  };
}
