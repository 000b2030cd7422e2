/** How often each expert was chosen, and by how much: counted while a conversation is spoken. */
import type { ExpertShape, Routes } from '../protocol/api.ts';

export interface ExpertUsage {
  readonly shape: ExpertShape;
  /** Tokens counted. */
  readonly tokens: number;
  /** Tokens that chose each one. [layers, experts] */
  readonly counts: Uint32Array;
  /** Sums of their routing weights. [layers, experts] */
  readonly weights: Float64Array;
}

interface Growing extends ExpertUsage {
  tokens: number;
}

export function createUsage(shape: ExpertShape): ExpertUsage {
  const size = shape.layers * shape.experts;
  return { shape, tokens: 0, counts: new Uint32Array(size), weights: new Float64Array(size) };
}

/** Counts one token in place: this runs for every token of an answer. */
export function count(usage: ExpertUsage, { ids, weights }: Pick<Routes, 'ids' | 'weights'>): void {
  const { layers, experts } = usage.shape;
  const width = ids.length / layers;
  for (let at = 0; at < ids.length; at++) {
    const expert = ids[at]!;
    if (expert >= experts) continue; // a layer that takes fewer than the others
    const place = Math.floor(at / width) * experts + expert;
    usage.counts[place]!++;
    usage.weights[place]! += weights[at]!;
  }
  (usage as Growing).tokens++;
}

/** Which part of the tokens chose this expert, 0 to 1. */
export function shareOf({ shape, tokens, counts }: ExpertUsage, layer: number, expert: number): number {
  return tokens === 0 ? 0 : counts[layer * shape.experts + expert]! / tokens;
}

export interface Balance {
  /** Entropy of the use over that of even use: 1 where all are used alike, 0 where one does it all. */
  readonly evenness: number;
  /** How many times its fair share the busiest expert has. */
  readonly busiest: number;
  /** Experts that no token chose. */
  readonly unused: number;
}

/** null before the first token. */
export function balanceOf({ shape, counts }: ExpertUsage, layer: number): Balance | null {
  const { experts } = shape;
  const used = counts.subarray(layer * experts, (layer + 1) * experts);
  const all = used.reduce((sum, n) => sum + n, 0);
  if (all === 0) return null;
  let entropy = 0;
  for (const n of used) if (n > 0) entropy -= (n / all) * Math.log(n / all);
  return {
    evenness: experts > 1 ? entropy / Math.log(experts) : 1,
    busiest: (Math.max(...used) * experts) / all,
    unused: used.filter((n) => n === 0).length,
  };
}

/** The most used of a layer, first; those nobody chose are left out. */
export function mostUsed(
  { shape, counts }: ExpertUsage,
  layer: number,
  most: number,
): readonly { readonly expert: number; readonly count: number }[] {
  const { experts } = shape;
  return Array.from(counts.subarray(layer * experts, (layer + 1) * experts), (n, expert) => ({
    expert,
    count: n,
  }))
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count || a.expert - b.expert)
    .slice(0, most);
}
