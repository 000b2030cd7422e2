/** What generation is asked for; the same fields as the protocol's Sampling. */
export interface SamplingSettings {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  /** Smallest probability kept, relative to the most likely token's; 0 keeps all. */
  readonly minP: number;
  /** 1 is none. */
  readonly repetitionPenalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
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
