/** How bright each dot is: lit by a token's routing weights, fading until nothing is left. */
import type { ExpertShape, Routes } from '../../protocol/api.ts';
import { shareOf, type ExpertUsage, type TokenChoice } from '../../state/experts.ts';

const FADE_MS = 1500;

export interface Lights {
  /** Each dot, 0 to 1. [layers, experts] */
  readonly levels: Float32Array;
  light(routes: Pick<Routes, 'ids' | 'weights'>, now: number): void;
  /** Brings the levels to `now`; whether any of them will still change. */
  fade(now: number): boolean;
}

/** `fades`: without, the last token alone is shown, and stays. */
export function createLights(shape: ExpertShape, fades: boolean): Lights {
  const levels = new Float32Array(shape.layers * shape.experts);
  const peaks = new Float32Array(levels.length);
  const lit = new Float64Array(levels.length).fill(-Infinity);
  return {
    levels,
    light(routes, now) {
      if (!fades) {
        levels.fill(0);
        each(shape, routes, (place, level) => (levels[place] = level));
        return;
      }
      each(shape, routes, (place, level) => {
        if (level < faded(peaks[place]!, now - lit[place]!)) return;
        peaks[place] = level;
        lit[place] = now;
      });
    },
    fade(now) {
      if (!fades) return false;
      let alive = false;
      for (let place = 0; place < levels.length; place++) {
        const level = faded(peaks[place]!, now - lit[place]!);
        levels[place] = level;
        alive ||= level > 0;
      }
      return alive;
    },
  };
}

function faded(peak: number, age: number): number {
  if (age >= FADE_MS) return 0;
  const left = 1 - Math.max(age, 0) / FADE_MS;
  return peak * left * left;
}

/** A weight counts against the strongest of its layer: families scale theirs differently. */
function each(
  { layers, experts }: ExpertShape,
  { ids, weights }: Pick<Routes, 'ids' | 'weights'>,
  light: (place: number, level: number) => void,
): void {
  const width = ids.length / layers;
  for (let layer = 0; layer < layers; layer++) {
    const from = layer * width;
    let strongest = 0;
    for (let k = 0; k < width; k++) strongest = Math.max(strongest, weights[from + k]!);
    for (let k = 0; k < width; k++) {
      const expert = ids[from + k]!;
      // A weak one is still seen to have been chosen.
      if (expert < experts)
        light(layer * experts + expert, 0.25 + (0.75 * weights[from + k]!) / (strongest || 1));
    }
  }
}

/** A word's tokens together. */
export function levelsOfWord(shape: ExpertShape, choices: readonly TokenChoice[]): Float32Array {
  const levels = new Float32Array(shape.layers * shape.experts);
  for (const choice of choices)
    each(shape, choice, (place, level) => (levels[place] = Math.max(levels[place]!, level)));
  return levels;
}

/** Each expert's use against the busiest of its layer. */
export function levelsOfUse(usage: ExpertUsage): Float32Array {
  const { layers, experts } = usage.shape;
  const levels = new Float32Array(layers * experts);
  for (let layer = 0; layer < layers; layer++) {
    const shares = Array.from({ length: experts }, (_, expert) => shareOf(usage, layer, expert));
    const most = Math.max(...shares);
    if (most > 0) shares.forEach((part, expert) => (levels[layer * experts + expert] = part / most));
  }
  return levels;
}
