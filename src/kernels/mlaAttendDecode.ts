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
import type { KernelCard } from './card.ts';
import { mlaAttendCard, type MlaAttendOptions } from './mla/attendCard.ts';
import decodeRows from './mla/decodeRows.wgsl?raw';
import { partialsBinding } from './mla/latent.ts';

export function mlaAttendDecode(options: MlaAttendOptions): KernelCard {
  return mlaAttendCard(
    {
      name: 'mlaAttendDecode',
      params: [{ name: 'splits', type: 'u32' }], // slices of the context
      result: partialsBinding('read_write'),
      rowsWgsl: decodeRows,
      hardwareRows: 16,
    },
    options,
  );
}

/** Bytes of the `partials` binding. */
export function mlaPartialsBytes(heads: number, splits: number, kvRank: number): number {
  return heads * splits * (kvRank + 4) * 4;
}
