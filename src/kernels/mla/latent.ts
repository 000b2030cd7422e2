/**
 * The cache of latent attention: per layer one buffer, [capacity, kvRank + ropeDim],
 * the normed latent and then the rotated key that all heads share, in f32 or as
 * halves in words. Keys and values are both made of it.
 */
import type { TypedBinding } from '../declare.ts';
import { kvFormat, type KvType } from '../kv/kv.ts';

export function latentBinding(type: KvType, access: TypedBinding['access']): TypedBinding {
  return {
    name: 'cache',
    access,
    shape: '[capacity, (kvRank + ropeDim)/4] normed latent, then rotated key',
    element: kvFormat(type).element,
  };
}

export function partialsBinding(access: TypedBinding['access']): TypedBinding {
  return {
    name: 'partials',
    access,
    shape: '[heads, splits, 1 + kvRank/4] (m, l), then a',
    element: 'vec4<f32>',
  };
}

/** Channels of a latent that the kernels hold in registers or workgroup memory. */
const MAX_RANK = 512;

export function checkRank(kernel: string, kvRank: number): void {
  if (kvRank % 4 !== 0 || kvRank > MAX_RANK) throw new Error(`${kernel}: latents of ${kvRank} channels`);
}
