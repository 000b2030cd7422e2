/**
 * From navigation to the guide's first word, in a browser that has never seen the page:
 * with WebGPU on the emulator, and without WebGPU.
 */
import { withBuiltPage } from '../tools/builtPage.ts';
import type { Row } from './row.ts';

export async function guideRows(): Promise<Row[]> {
  return [...(await rowsWith(true)), ...(await rowsWith(false))];
}

function rowsWith(webgpu: boolean): Promise<Row[]> {
  const parts = { html: 'src/bench/guidePage.html', files: [], logitsFile: null, webgpu };
  return withBuiltPage(parts, async (page) => {
    const { runsOn, marks, text, tokensPerSecond } = await page.evaluate(() => window.guideRun);
    if (text === '') throw new Error('the guide said nothing');
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
  });
}
