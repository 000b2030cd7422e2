/**
 * sample: the next token, drawn on the GPU. In this order: repetition, frequency and
 * presence penalties; the arg-max where the temperature is 0; else temperature,
 * top-k, top-p, min-p, and a draw by a counter-based generator keyed by seed and
 * position. The id goes to the timeline, where the next step's embedding reads it,
 * and into the counts the penalties read. 0xffffffff where no logit is a number.
 */
import type { KernelCard, KernelShape, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import wgsl from './sample.wgsl?raw';
import type { SampleSettings } from './samplePlain.ts';

/** What the kernel writes where it has no token to give. */
export const NO_TOKEN = 0xffffffff;

const PARAMS: readonly ParamField[] = [{ name: 'vocab', type: 'u32' }];

const BINDINGS: readonly TypedBinding[] = [
  { name: 'logits', access: 'read', shape: '[vocab]', element: 'f32' },
  { name: 'counts', access: 'read_write', shape: '[vocab] times each id was seen', element: 'u32' },
  { name: 'settings', access: 'read', shape: '[8] as packSettings orders them', element: 'f32' },
  { name: 'timeline', access: 'read_write', shape: '[context + 1] token ids', element: 'u32' },
];

const WIDTH: Readonly<Record<KernelShape, number>> = { hardware: 256, software: 16 };

export function sample({ shape }: { readonly shape: KernelShape }): KernelCard {
  return {
    name: `sample.${shape}`,
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: true,
    wgsl: [declare(PARAMS, BINDINGS, true), wgsl].join('\n'),
    constants: { WIDTH: WIDTH[shape] },
    needs: [],
    grid: () => [1, 1, 1],
  };
}

/** The content of the settings binding. [8] */
export function packSettings(settings: SampleSettings): Float32Array<ArrayBuffer> {
  const { temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty } = settings;
  return Float32Array.of(temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty, 0);
}
