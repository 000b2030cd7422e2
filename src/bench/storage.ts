/** How fast records are written and read back, checked, in either form. */
import { withBuiltPage } from '../tools/builtPage.ts';
import type { StorageFigures } from './storagePage.ts';
import type { Row } from './row.ts';

export function storageRows(): Promise<Row[]> {
  return withBuiltPage({ html: 'src/bench/storagePage.html', files: [], logitsFile: null }, async (page) => {
    const blob = await page.evaluate(() => window.measureStorage('blob'));
    const bytes = await page.evaluate(() => window.measureStorage('bytes'));
    const row = (name: string, pick: (figures: StorageFigures) => number): Row => ({
      suite: 'storage',
      name: `${name}, Blob records of 32 MiB`,
      value: pick(blob),
      unit: 'MB/s',
      peer: 'ArrayBuffer records',
      peerValue: pick(bytes),
      ratio: pick(blob) / pick(bytes),
    });
    return [row('write', ({ write }) => write), row('read and hash', ({ checkedRead }) => checkedRead)];
  });
}
