import type { SampleSettings } from '../kernels/index.ts';

/** What generation is asked for; the same fields as the protocol's Sampling. */
export interface SamplingSettings extends SampleSettings {
  readonly seed: number;
}

export const GREEDY: SamplingSettings = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  seed: 0,
};
