/**
 * From navigation to the guide's first word, in a browser that has never seen the page:
 * with WebGPU on the emulator, and without WebGPU.
 */
import { withBuiltPage } from '../tools/builtPage.ts';
import type { GuideRun } from './guidePage.ts';
import type { Row } from './row.ts';

/** A visitor who is kept waiting longer goes away. */
const MOST_MS = 10_000;

/** `over`: where it took too long, in words. */
export async function guideRows(): Promise<{ rows: Row[]; over: string[] }> {
  const runs = [await runWith(true), await runWith(false)];
  return {
    rows: runs.flatMap(rowsOf),
    over: runs.flatMap((run) => {
      const at = run.marks.find(({ what }) => what === 'first token')?.at ?? Infinity;
      return at < MOST_MS ? [] : [`the guide's first word on the ${run.runsOn} took ${at.toFixed(0)} ms`];
    }),
  };
}

function runWith(webgpu: boolean): Promise<GuideRun> {
  const parts = { html: 'src/bench/guidePage.html', files: [], logitsFile: null, webgpu };
  return withBuiltPage(parts, (page) => page.evaluate(() => window.guideRun));
}

function rowsOf({ runsOn, marks, tokensPerSecond }: GuideRun): Row[] {
  const suite = `guide on the ${runsOn}`;
  return [
    ...marks.map(({ what, at }): Row => ({
      suite,
      name: `${what}, since navigation`,
      value: at,
      unit: 'ms',
    })),
    { suite, name: 'decode', value: tokensPerSecond, unit: 'tokens/s' },
  ];
}
