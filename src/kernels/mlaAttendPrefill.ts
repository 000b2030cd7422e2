/**
 * mlaAttendPrefill: causal latent attention of a chunk's tokens over the cache, which
 * already holds their latents (mlaAbsorb):
 *   z[t, h] = Σ_i softmax_i(queries[t, h] · cache[i]) · c_i,  i ≤ position + t
 *   c_i = the first kvRank values of cache[i]
 * Softmax is online in f32. Latents are taken in blocks that begin at fixed positions,
 * so a token's result does not depend on how the prompt was cut into chunks. The heads
 * of neighbouring tokens share the latents they read: 32 rows to a workgroup on
 * hardware, four to a thread on emulators.
 */
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvFormat, type KvType } from './kv/kv.ts';
import hardware from './mla/attendHardware.wgsl?raw';
import software from './mla/attendSoftware.wgsl?raw';
import { checkRank, latentBinding } from './mla/latent.ts';
import prefillRows from './mla/prefillRows.wgsl?raw';
import queryRows from './mla/queryRows.wgsl?raw';

export interface MlaAttendPrefillOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvRank', type: 'u32' }, // a multiple of 4, at most 512
  { name: 'ropeDim', type: 'u32' }, // a multiple of 4
  { name: 'queryStride', type: 'u32' }, // floats from one token's row to the next, a multiple of 4
  { name: 'zStride', type: 'u32' }, // the same of z
];

const HARDWARE_ROWS = 32;
const SOFTWARE_THREADS = 4;

export function mlaAttendPrefill({ kv, shape }: MlaAttendPrefillOptions): KernelCard {
  const bindings: readonly TypedBinding[] = [
    {
      name: 'queries',
      access: 'read',
      shape: '[tokens, queryStride/4], heads of kvRank + ropeDim',
      element: 'vec4<f32>',
    },
    latentBinding(kv, 'read'),
    { name: 'z', access: 'read_write', shape: '[tokens, zStride/4], heads of kvRank', element: 'vec4<f32>' },
  ];
  const rows = shape === 'hardware' ? HARDWARE_ROWS : SOFTWARE_THREADS * 4;
  return {
    name: `mlaAttendPrefill.${kv}.${shape}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      kvFormat(kv).wgsl,
      queryRows,
      prefillRows,
      shape === 'hardware' ? hardware : software,
    ].join('\n'),
    constants: shape === 'hardware' ? { ROWS: rows } : { THREADS: SOFTWARE_THREADS },
    needs: [],
    grid: ({ heads = 0, kvRank = 0 }, tokens) => {
      checkRank('mlaAttendPrefill', kvRank);
      return [Math.ceil((heads * tokens) / rows), 1, 1];
    },
  };
}
