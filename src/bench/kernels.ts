/** GPU time by kernel of one decoded token: where the milliseconds of a step go. */
import { withNodeModel, type NodeModelOptions } from '../tools/infer/node.ts';
import type { Row } from './row.ts';

/** Positions already in the cache: enough for attention to be seen. */
const POSITION = 512;

export function kernelRows(options: NodeModelOptions): Promise<{ rows: Row[]; device: string }> {
  return withNodeModel(options, async ({ model, adapter }) => {
    const runner = model.gpuRunner;
    if (runner === null) throw new Error('kernels are timed on a GPU');
    await runner.reserve(POSITION + 1, 0);
    await runner.profile(POSITION); // the first run compiles what drivers leave until then
    const times = (await runner.profile(POSITION)) ?? [];
    const whole = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const rows = times.map(({ label, count, milliseconds }): Row => ({
      suite: 'kernels',
      name: `${count} x ${label}, ${((100 * milliseconds) / whole).toFixed(1)} %`,
      value: milliseconds,
      unit: 'ms',
    }));
    return { rows, device: adapter };
  });
}
