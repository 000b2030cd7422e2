/**
 * One decoded token with its experts read back and one without, step by step in
 * turn, so that whatever else the machine does falls on both alike.
 */
import type { LoadedModel } from '../engine/index.ts';
import { GREEDY } from '../engine/sampling.ts';

export interface StepTimes {
  /** Milliseconds of each step. */
  readonly without: readonly number[];
  readonly told: readonly number[];
}

/** Any token will do: what is timed does not depend on it. */
const TOKEN = 5;

/** `pairs` steps of each kind; which comes first alternates. */
export async function stepTimes({ runner }: LoadedModel, pairs: number): Promise<StepTimes> {
  const room = runner.contextLength - 2;
  await runner.reserve(room, 0);
  runner.writeTokens(0, [TOKEN]);
  runner.beginSampling(GREEDY, [TOKEN]);
  const times = { without: [] as number[], told: [] as number[] };
  for (let pair = -8; pair < pairs; pair++) {
    for (const routes of pair % 2 === 0 ? [false, true] : [true, false]) {
      const position = Math.abs(pair) % room;
      const started = performance.now();
      await runner.decode(position, routes);
      const took = performance.now() - started;
      if (pair >= 0) (routes ? times.told : times.without).push(took);
    }
  }
  return times;
}
