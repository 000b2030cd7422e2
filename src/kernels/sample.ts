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
  { name: 'logits', access: 'read', shape: '[vocab/4] as bits', element: 'vec4<u32>' },
  { name: 'counts', access: 'read_write', shape: '[vocab/4] times each id was seen', element: 'vec4<u32>' },
  { name: 'settings', access: 'read', shape: '[8] as packSettings orders them', element: 'f32' },
  { name: 'timeline', access: 'read_write', shape: '[context + 1] token ids', element: 'u32' },
  {
    name: 'scratch',
    access: 'read_write',
    shape: '[scratchWords(vocab)] read by nobody else',
    element: 'u32',
  },
];

const SHAPES: Readonly<Record<KernelShape, Readonly<Record<string, number>>>> = {
  hardware: { WIDTH: 256, PARTS: 16 },
  software: { WIDTH: 16, PARTS: 4 },
};

/** Words of the scratch binding: a key and an id for each token, a word for 16, whole columns of any shape. */
export function scratchWords(vocab: number): number {
  const columns = Math.ceil(vocab / 1024) * 1024;
  return 2 * columns + Math.ceil(columns / 4096) * 256;
}

export function sample({ shape }: { readonly shape: KernelShape }): KernelCard {
  return {
    name: `sample.${shape}`,
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: true,
    wgsl: [declare(PARAMS, BINDINGS, true), wgsl].join('\n'),
    constants: SHAPES[shape],
    needs: [],
    grid: () => [1, 1, 1],
  };
}

/** The content of the settings binding. [8] */
export function packSettings(settings: SampleSettings): Float32Array<ArrayBuffer> {
  const { temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty } = settings;
  return Float32Array.of(
    temperature,
    topK,
    topP,
    minP,
    repetitionPenalty,
    frequencyPenalty,
    presencePenalty,
    0,
  );
}
