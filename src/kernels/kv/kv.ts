/**
 * How keys and values lie in the cache: per layer two buffers, K and V,
 * [capacity, kvHeads, headDim], in f32 or as halves in words. Arithmetic is f32
 * either way.
 */
import type { TypedBinding } from '../declare.ts';
import f16 from './f16.wgsl?raw';
import f32 from './f32.wgsl?raw';
import load from './load.wgsl?raw';
import store from './store.wgsl?raw';

export type KvType = 'f32' | 'f16';

const FORMAT: Readonly<Record<KvType, { readonly wgsl: string; readonly element: TypedBinding['element'] }>> =
  {
    f32: { wgsl: f32, element: 'vec4<f32>' },
    f16: { wgsl: f16, element: 'vec2<u32>' },
  };

/** alias KvQuad, four values as they lie, and functions kv_unpack, kv_pack. */
export function kvFormat(type: KvType): {
  readonly wgsl: string;
  readonly element: TypedBinding['element'];
} {
  return FORMAT[type];
}

/** Functions k_load, v_load and, where the cache is written, k_store, v_store. */
export function kvAccess(type: KvType, access: TypedBinding['access']): string {
  return [FORMAT[type].wgsl, load, access === 'read_write' ? store : ''].join('\n');
}

export function kvBindings(type: KvType, access: TypedBinding['access']): readonly TypedBinding[] {
  const { element } = FORMAT[type];
  const shape = '[capacity, kvHeads, headDim/4]';
  return [
    { name: 'kCache', access, shape, element },
    { name: 'vCache', access, shape, element },
  ];
}
