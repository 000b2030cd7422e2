/**
 * How a kernel reads weights: every layout gives the same three things,
 *   struct Group                                  32 columns in registers
 *   weights_of(group) -> Group                    the weights themselves
 *   weights_dot(group, x: Group, x_sum) -> f32    Σ w·x, with x_sum = Σ x
 * where group = row * cols/32 + column/32 and params.groups, which every kernel that
 * reads weights has, is cols/32. formats/layouts.ts defines the bytes.
 */
import type { WeightLayout } from '../../formats/layouts.ts';
import type { TypedBinding } from '../declare.ts';
import affine from './affine.wgsl?raw';
import bf16 from './bf16.wgsl?raw';
import bytesE4m3 from './bytesE4m3.wgsl?raw';
import e2m1 from './e2m1.wgsl?raw';
import f16 from './f16.wgsl?raw';
import f32 from './f32.wgsl?raw';
import group from './group.wgsl?raw';
import half from './half.wgsl?raw';
import halfAffine from './halfAffine.wgsl?raw';
import halfScales from './halfScales.wgsl?raw';
import halves from './halves.wgsl?raw';
import iq4 from './iq4.wgsl?raw';
import nibbles from './nibbles.wgsl?raw';
import pairBf16 from './pairBf16.wgsl?raw';
import pairScale from './pairScale.wgsl?raw';
import pairZero from './pairZero.wgsl?raw';
import plainNibble from './plainNibble.wgsl?raw';
import q4s from './q4s.wgsl?raw';
import scaled from './scaled.wgsl?raw';
import signedBytes from './signedBytes.wgsl?raw';
import signedNibble from './signedNibble.wgsl?raw';
import stepBlock from './stepBlock.wgsl?raw';
import stepE8m0 from './stepE8m0.wgsl?raw';
import stepHalf from './stepHalf.wgsl?raw';
import stepSuper from './stepSuper.wgsl?raw';
import superScale from './superScale.wgsl?raw';
import unscaled from './unscaled.wgsl?raw';
import unsignedBytes from './unsignedBytes.wgsl?raw';

const SNIPPETS: Readonly<Record<WeightLayout, readonly string[]>> = {
  f32: [f32, unscaled],
  f16: [half, f16, halves, unscaled],
  bf16: [bf16, halves, unscaled],
  q4s: [half, stepHalf, q4s, plainNibble, nibbles, affine],
  q4m: [half, pairScale, plainNibble, nibbles, affine],
  q4b: [pairBf16, plainNibble, nibbles, affine],
  q4z: [half, pairZero, plainNibble, nibbles, affine],
  q4t: [half, stepHalf, iq4, nibbles, scaled],
  q4k: [half, superScale, plainNibble, nibbles, affine],
  q4x: [half, stepSuper, iq4, nibbles, scaled],
  q4p: [half, plainNibble, nibbles, halfAffine],
  q4h: [half, signedNibble, nibbles, halfScales],
  f4e: [stepE8m0, e2m1, nibbles, scaled],
  q8s: [half, stepHalf, signedBytes, scaled],
  q8m: [half, pairScale, unsignedBytes, affine],
  q8k: [half, superScale, unsignedBytes, affine],
  q8h: [half, signedBytes, halfScales],
  f8b: [stepBlock, bytesE4m3, scaled],
};

export function hasScales(layout: WeightLayout): boolean {
  return layout !== 'f32' && layout !== 'f16' && layout !== 'bf16';
}

/** The WGSL that reads weights of a layout, to stand before a kernel. */
export function weightReader(layout: WeightLayout): string {
  return [group, ...SNIPPETS[layout]].join('\n');
}

/** The bindings it reads: `quants` and, where the layout has them, `scales`. */
export function weightBindings(layout: WeightLayout): readonly TypedBinding[] {
  const quants: TypedBinding = {
    name: 'quants',
    access: 'read',
    shape: `${layout} quants plane of [rows, groups]`,
    element: 'vec4<u32>',
  };
  const scales: TypedBinding = {
    name: 'scales',
    access: 'read',
    shape: `${layout} scales plane of [rows, groups]`,
    element: 'u32',
  };
  return hasScales(layout) ? [quants, scales] : [quants];
}
