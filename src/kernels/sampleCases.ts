/** The sample kernel's cases: every setting alone and together, ties, and logits that are not numbers. */
import type { KernelCase, KernelShape, KernelSuite } from './card.ts';
import { NO_TOKEN, packSettings, sample, scratchWords } from './sample.ts';
import { sampleReference, type SampleSettings } from './samplePlain.ts';

const NEUTRAL: SampleSettings = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

interface Plan {
  readonly title: string;
  readonly settings: Partial<SampleSettings>;
  readonly vocab?: number;
  readonly logits?: (i: number) => number;
  readonly counts?: (i: number) => number;
  readonly seed?: number;
  readonly position?: number;
}

/** Spread like real logits: most far below the best. */
const ragged = (i: number): number => 6 * Math.sin(i * 12.9898) + 4 * Math.cos(i * 78.233) - 3;

const PLANS: readonly Plan[] = [
  { title: 'greedy', settings: {} },
  {
    title: 'greedy, a tie goes to the lower id',
    settings: {},
    logits: (i) => (i === 40 || i === 700 ? 9 : ragged(i) / 2),
  },
  { title: 'greedy, all negative', settings: {}, logits: (i) => -20 - Math.abs(ragged(i)) },
  { title: 'greedy, one id', settings: {}, vocab: 1 },
  { title: 'greedy past NaN', settings: {}, logits: (i) => (i % 3 === 0 ? NaN : ragged(i)) },
  { title: 'nothing but NaN', settings: { temperature: 1 }, logits: () => NaN },
  {
    title: 'infinite logits',
    settings: { temperature: 1 },
    logits: (i) => (i === 17 ? Infinity : i % 2 ? -Infinity : 0),
  },
  { title: 'temperature alone', settings: { temperature: 0.8 }, seed: 3 },
  { title: 'temperature, large', settings: { temperature: 40 }, seed: 11, position: 900 },
  { title: 'top-k 1', settings: { temperature: 1, topK: 1 }, seed: 5 },
  { title: 'top-k 40', settings: { temperature: 1.4, topK: 40 }, seed: 8 },
  { title: 'top-k over the vocabulary', settings: { temperature: 1.4, topK: 5000 }, seed: 9 },
  {
    title: 'top-k cuts a tie by id',
    settings: { temperature: 1, topK: 10 },
    logits: (i) => (i % 50 === 7 ? 2 : -50),
    seed: 21,
  },
  { title: 'top-p 0.9', settings: { temperature: 1, topP: 0.9 }, seed: 13 },
  { title: 'top-p 0 keeps the best', settings: { temperature: 1, topP: 0 }, seed: 14 },
  { title: 'top-p over equals', settings: { temperature: 1, topP: 0.4999 }, logits: () => 1.25, seed: 15 },
  { title: 'min-p 0.1', settings: { temperature: 1.2, minP: 0.1 }, seed: 16 },
  { title: 'min-p 1', settings: { temperature: 1.2, minP: 1 }, seed: 17 },
  {
    title: 'all at once',
    settings: { temperature: 0.9, topK: 50, topP: 0.92, minP: 0.03 },
    seed: 18,
    position: 77,
  },
  { title: 'repetition', settings: { repetitionPenalty: 1.8 }, counts: (i) => (ragged(i) > 5 ? 1 : 0) },
  {
    title: 'frequency and presence',
    settings: { frequencyPenalty: 0.5, presencePenalty: 1 },
    counts: (i) => (ragged(i) > 3 ? (i % 5) + 1 : 0),
  },
  {
    title: 'a vocabulary of 70,001',
    settings: { temperature: 1, topK: 60, topP: 0.95 },
    vocab: 70001,
    seed: 19,
  },
  {
    title: 'temperature over a vocabulary of 70,001',
    settings: { temperature: 1.5 },
    vocab: 70001,
    seed: 20,
  },
  {
    title: 'top-p over a vocabulary of 70,001',
    settings: { temperature: 1, topP: 0.7 },
    vocab: 70001,
    seed: 21,
  },
  {
    title: 'top-p and min-p, the latter the tighter',
    settings: { temperature: 1, topP: 0.99, minP: 0.5 },
    seed: 22,
  },
  {
    title: 'top-k with most of the vocabulary masked',
    settings: { temperature: 1, topK: 100 },
    logits: (i) => (i % 97 === 5 ? i / 500 : -Infinity),
    seed: 23,
  },
  { title: 'all equal', settings: { temperature: 1 }, logits: () => -3, seed: 24 },
  { title: 'a tiny temperature', settings: { temperature: 1e-12 }, seed: 25 },
];

function sampleCase(plan: Plan, shape: KernelShape): KernelCase {
  const { vocab = 1003, logits: logit = ragged, counts: count = () => 0, seed = 1, position = 4 } = plan;
  const settings = { ...NEUTRAL, ...plan.settings };
  const logits = Float32Array.from({ length: vocab }, (_, i) => logit(i));
  const counts = Uint32Array.from({ length: vocab }, (_, i) => count(i));
  return {
    title: `sample ${plan.title}, ${shape}`,
    card: sample({ shape }),
    params: { vocab },
    step: { position, tokens: 1, seed },
    tokens: 1,
    buffers: {
      logits,
      counts,
      settings: packSettings(settings),
      timeline: new Uint32Array(position + 4),
      scratch: new Uint32Array(scratchWords(vocab)),
    },
    reference() {
      const id = sampleReference(logits.map(clamped), counts, settings, seed, position);
      const timeline = new Uint32Array(position + 4);
      timeline[position + 1] = id < 0 ? NO_TOKEN : id;
      const after = counts.slice();
      if (id >= 0) after[id] = (after[id] ?? 0) + 1;
      return { timeline, counts: after };
    },
    tolerance: { nmse: 0, maxAbs: 0 },
  };
}

/** The kernel holds infinities at the largest numbers. */
function clamped(logit: number): number {
  return Number.isNaN(logit) ? logit : Math.min(Math.max(logit, -3e38), 3e38);
}

export const sampleSuite: KernelSuite = {
  name: 'sample',
  cases: () =>
    (['hardware', 'software'] as const).flatMap((shape) => PLANS.map((plan) => sampleCase(plan, shape))),
};
