/**
 * Two layers of Granite-3.1-1B-A400M at their real size through the shipped worker:
 * what an import holds in memory, what it reads again after it was cut, and whether
 * the numbers are PyTorch's (granite-2.json, by record.py). All 24: `npm run bench -- --suite size`.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import * as v from 'valibot';
import { compareRows } from '../../graph/compareRows.ts';
import { overBounds } from './bounds.ts';
import { heapBytes } from './heapMeter.ts';
import { measureSize, type SizeFigures } from './measure.ts';

const Recorded = v.object({
  /** The prompt and the greedy ones. */
  tokens: v.array(v.number()),
  stride: v.number(),
  /** How far the best token is ahead, after each. */
  leads: v.array(v.number()),
  /** Of every stride-th token of the vocabulary, after each. */
  logits: v.array(v.array(v.number())),
});

const VOCAB = 49_155;
const recorded = v.parse(
  Recorded,
  JSON.parse(readFileSync(new URL('granite-2.json', import.meta.url), 'utf8')),
);

let figures: SizeFigures;
beforeAll(async () => {
  figures = await measureSize({ shape: 'granite', layers: 2, resume: true });
  const { importPeak, loadPeak, importMs, sourceBytes, completion, adapter } = figures;
  const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `import of ${mega(sourceBytes)} in ${(importMs / 1000).toFixed(1)} s: at most ${mega(heapBytes(importPeak))} of JavaScript memory; load: ${mega(heapBytes(loadPeak))}, and ${mega(completion.gpuPeakBytes)} of GPU memory on ${adapter}`,
  );
});

it('stays within its memory and reads no more weights than it must', () => {
  expect(overBounds(figures)).toEqual([]);
  expect(figures.completion.weightBytesPerToken / figures.activeBytes).toBeGreaterThan(0.98);
});

it('goes on in a new worker where it was cut: only what was in work is read again', () => {
  const { sourceBytes, resumed } = figures;
  if (resumed === null) throw new Error('the import was not cut');
  expect(resumed.doneBefore).toBeGreaterThan(0.4 * sourceBytes);
  expect(resumed.doneBefore).toBeLessThan(0.8 * sourceBytes);
  expect(resumed.sentBytes).toBeGreaterThanOrEqual(sourceBytes);
  expect(resumed.sentBytes).toBeLessThan(1.25 * sourceBytes);
});

it('gives the logits and tokens of PyTorch', () => {
  const { logits, completion, traced } = figures;
  const positions = recorded.logits.length;
  expect(logits.length).toBe(positions * VOCAB);
  const rows = recorded.logits.map((_, at) => sampled(logits.subarray(at * VOCAB, (at + 1) * VOCAB)));
  const ours = Float32Array.from(rows.flat());
  const theirs = Float32Array.from(recorded.logits.flat());
  expect(ours.length).toBe(theirs.length);
  expect(compareRows(ours, theirs, ours.length / positions).relative).toBeLessThan(1e-4);
  expect(Math.min(...recorded.leads.slice(-9, -1))).toBeGreaterThan(0);
  expect(completion.tokens).toEqual(recorded.tokens.slice(-8));
  expect(traced).toEqual(completion.tokens);
  expect(completion.experts).toEqual({ hits: 8 * 2 * 8, misses: 0, bytesRead: 0 });
});

function sampled(row: Float32Array): readonly number[] {
  return Array.from(row.filter((_, id) => id % recorded.stride === 0));
}
