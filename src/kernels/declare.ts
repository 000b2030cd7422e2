/**
 * The declarations that open a kernel's WGSL, written from its card, so that the
 * struct and the binding numbers cannot drift from what the host binds. A file
 * cannot hold them: which bindings exist, and so their numbers, varies by variant.
 */
import type { BindingField, ParamField } from './card.ts';

export interface TypedBinding extends BindingField {
  readonly element: 'f32' | 'u32' | 'vec2<f32>' | 'vec2<u32>' | 'vec4<f32>' | 'vec4<u32>';
}

const STEP = `struct Step { position: u32, tokens: u32, seed: u32, pad: u32 }
@group(1) @binding(0) var<uniform> step: Step;
`;

/** Group 0 (params, then the bindings from 1) and, where the kernel uses it, group 1. */
export function declare(
  params: readonly ParamField[],
  bindings: readonly TypedBinding[],
  usesStep: boolean,
): string {
  const fields = params.map((field) => `${field.name}: ${field.type}`).join(', ');
  const buffers = bindings.map(
    (binding, i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${binding.access}> ${binding.name}: array<${binding.element}>; // ${binding.shape}\n`,
  );
  return [
    `struct Params { ${fields} }\n@group(0) @binding(0) var<uniform> params: Params;\n`,
    ...buffers,
    usesStep ? STEP : '',
  ].join('');
}
