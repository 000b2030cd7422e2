/**
 * mlaAttendDecode: latent attention of one token, split over the context. mlaAbsorb
 * made the queries (scale included) and wrote the position's latent in the dispatch
 * before. For each head and slice of the positions seen it gives
 *   m = max_i s_i,  l = Σ_i exp(s_i - m),  a = Σ_i exp(s_i - m) · c_i
 *   s_i = query · cache[i],  c_i = the first kvRank values of cache[i]
 * which mlaValue joins. Softmax and sums are f32. A slice with nothing to see has l = 0.
 * All heads share the latents: on hardware 16 heads to a workgroup, on emulators four to
 * a thread, so that the cache is read once for them.
 */
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { kvFormat, type KvType } from './kv/kv.ts';
import hardware from './mla/attendHardware.wgsl?raw';
import software from './mla/attendSoftware.wgsl?raw';
import decodeRows from './mla/decodeRows.wgsl?raw';
import { checkRank, latentBinding, partialsBinding } from './mla/latent.ts';
import queryRows from './mla/queryRows.wgsl?raw';

export interface MlaAttendDecodeOptions {
  readonly kv: KvType;
  readonly shape: KernelShape;
}

const PARAMS: readonly ParamField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kvRank', type: 'u32' }, // a multiple of 4, at most 512
  { name: 'ropeDim', type: 'u32' }, // a multiple of 4
  { name: 'splits', type: 'u32' }, // slices of the context
  { name: 'queryStride', type: 'u32' }, // of a token's queries, as mlaAbsorb has it
];

const HARDWARE_ROWS = 16;
const SOFTWARE_THREADS = 4;

export function mlaAttendDecode({ kv, shape }: MlaAttendDecodeOptions): KernelCard {
  const bindings: readonly TypedBinding[] = [
    {
      name: 'queries',
      access: 'read',
      shape: '[queryStride/4], heads of kvRank + ropeDim',
      element: 'vec4<f32>',
    },
    latentBinding(kv, 'read'),
    partialsBinding('read_write'),
  ];
  const rows = shape === 'hardware' ? HARDWARE_ROWS : SOFTWARE_THREADS * 4;
  return {
    name: `mlaAttendDecode.${kv}.${shape}`,
    params: PARAMS,
    bindings,
    usesStep: true,
    wgsl: [
      declare(PARAMS, bindings, true),
      kvFormat(kv).wgsl,
      queryRows,
      decodeRows,
      shape === 'hardware' ? hardware : software,
    ].join('\n'),
    constants: shape === 'hardware' ? { ROWS: rows } : { THREADS: SOFTWARE_THREADS },
    needs: [],
    grid: ({ heads = 0, kvRank = 0, splits = 0 }) => {
      checkRank('mlaAttendDecode', kvRank);
      return [Math.ceil(heads / rows), splits, 1];
    },
  };
}

/** Bytes of the `partials` binding. */
export function mlaPartialsBytes(heads: number, splits: number, kvRank: number): number {
  return heads * splits * (kvRank + 4) * 4;
}
