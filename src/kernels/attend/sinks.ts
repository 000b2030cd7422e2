import type { TypedBinding } from '../declare.ts';

/** Logits that take part in the softmax and have no value (gpt-oss). */
export const SINKS: TypedBinding = { name: 'sinks', access: 'read', shape: '[heads]', element: 'f32' };
