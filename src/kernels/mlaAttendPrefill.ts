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
import type { KernelCard } from './card.ts';
import { mlaAttendCard, type MlaAttendOptions } from './mla/attendCard.ts';
import prefillRows from './mla/prefillRows.wgsl?raw';

export function mlaAttendPrefill(options: MlaAttendOptions): KernelCard {
  return mlaAttendCard(
    {
      name: 'mlaAttendPrefill',
      params: [{ name: 'zStride', type: 'u32' }], // as queryStride, of z
      result: {
        name: 'z',
        access: 'read_write',
        shape: '[tokens, zStride/4], heads of kvRank',
        element: 'vec4<f32>',
      },
      rowsWgsl: prefillRows,
      hardwareRows: 32,
    },
    options,
  );
}
