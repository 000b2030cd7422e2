/**
 * A token's row of the qkv projection, [heads·headDim q | kvHeads·headDim k |
 * kvHeads·headDim v], as attention sees it: each head of q and k normed where the
 * model does so, then rotated; queries of some models then grow with position. The WGSL and the bindings for it, which the kernels
 * that take raw rows share.
 */
import type { ParamField } from '../card.ts';
import type { TypedBinding } from '../declare.ts';
import normHeads from './norm.heads.wgsl?raw';
import normNone from './norm.none.wgsl?raw';
import normUnit from './norm.unit.wgsl?raw';
import ropeNone from './rope.none.wgsl?raw';
import ropePairs from './rope.pairs.wgsl?raw';
import temperature from './temperature.wgsl?raw';

export interface HeadRowOptions {
  /** RMSNorm over each head of q and k before the rotation: 'head' binds qNorm and kNorm, 'unit' has no weights. */
  readonly qkNorm: 'none' | 'head' | 'unit';
  /** Which channels rotate together: (i, i + ropeDims/2) or (2i, 2i + 1). 'none' binds no rope. */
  readonly pairing: 'half' | 'interleaved' | 'none';
}

const NORMS: Readonly<Record<HeadRowOptions['qkNorm'], string>> = {
  none: normNone,
  head: normHeads,
  unit: normUnit,
};

/** Queries grow with position: q *= 1 + tempScale · ln(1 + floor((position + tempOffset) / tempSpan)). */
export const TEMPERATURE_PARAMS: readonly ParamField[] = [
  { name: 'tempScale', type: 'f32' }, // 0 for none
  { name: 'tempSpan', type: 'u32' },
  { name: 'tempOffset', type: 'u32' },
];

export function headRowBindings({ qkNorm, pairing }: HeadRowOptions): readonly TypedBinding[] {
  const norm = (name: string): TypedBinding => ({ name, access: 'read', shape: '[headDim]', element: 'f32' });
  const rope: TypedBinding = {
    name: 'rope',
    access: 'read',
    shape: '[capacity, ropeDims/2] (cos, sin)',
    element: 'vec2<f32>',
  };
  return [
    ...(qkNorm === 'head' ? [norm('qNorm'), norm('kNorm')] : []),
    ...(pairing === 'none' ? [] : [rope]),
  ];
}

export function headRowWgsl({ qkNorm, pairing }: HeadRowOptions): string {
  return [temperature, NORMS[qkNorm], pairing === 'none' ? ropeNone : ropePairs].join('\n');
}

export function headRowConstants({ pairing }: HeadRowOptions): Readonly<Record<string, number>> {
  return pairing === 'none' ? {} : { INTERLEAVED: pairing === 'interleaved' ? 1 : 0 };
}

export function headRowName({ qkNorm, pairing }: HeadRowOptions): string {
  return [qkNorm === 'none' ? '' : `${qkNorm}Norm`, pairing].filter((part) => part !== '').join('.');
}
