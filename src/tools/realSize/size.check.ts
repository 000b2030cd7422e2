/**
 * Two layers of Granite-3.1-1B-A400M at their real size through the shipped worker:
 * what an import holds in memory, what it reads again after it was cut, and whether
 * the numbers are PyTorch's. All 24: `npm run bench -- --suite size`.
 */
import { beforeAll, expect, it } from 'vitest';
import { overBounds } from './bounds.ts';
import { heapBytes } from './heapMeter.ts';
import { measureSize, type SizeFigures } from './measure.ts';
import { errorOf, readRecorded } from './recorded.ts';

const LAYERS = 2;
let figures: SizeFigures;
beforeAll(async () => {
  figures = await measureSize({ shape: 'granite', layers: LAYERS, resume: true });
  const { importPeak, loadPeak, importMs, sourceBytes, completion, adapter } = figures;
  const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `import of ${mega(sourceBytes)} in ${(importMs / 1000).toFixed(1)} s: at most ${mega(heapBytes(importPeak))} of JavaScript memory; load: ${mega(heapBytes(loadPeak))}, and ${mega(completion.gpuPeakBytes)} of GPU memory on ${adapter}`,
  );
});

it('stays within its memory, reads no more weights than it must, and says what PyTorch says', () => {
  const recorded = readRecorded('granite', LAYERS);
  if (recorded === null) throw new Error('there is no record of PyTorch');
  expect(overBounds(figures, recorded)).toEqual([]);
  console.log(`logits: ${errorOf(figures.logits, recorded).toExponential(1)} from PyTorch's`);
  const { completion, activeBytes } = figures;
  expect(completion.weightBytesPerToken / activeBytes).toBeGreaterThan(0.98);
  expect(completion.tokens.length).toBe(8);
  expect(completion.experts).toEqual({ hits: 8 * LAYERS * 8, misses: 0, bytesRead: 0 });
});

it('goes on in a new worker where it was cut: only what was in work is read again', () => {
  const { sourceBytes, resumed } = figures;
  if (resumed === null) throw new Error('the import was not cut');
  expect(resumed.doneBefore).toBeGreaterThan(0.4 * sourceBytes);
  expect(resumed.doneBefore).toBeLessThan(0.8 * sourceBytes);
  expect(resumed.sentBytes).toBeGreaterThanOrEqual(sourceBytes);
  expect(resumed.sentBytes).toBeLessThan(1.25 * sourceBytes);
});
