/** How our logits stand to what llama.cpp recorded, position by position. */
import { rankLogits } from './rankLogits.ts';
import type { Ranked } from './recorded.ts';

export interface Mismatch {
  readonly position: number;
  readonly ours: number;
  readonly theirs: number;
  /** How much likelier their choice is to them than ours; Infinity where ours is not among their five. */
  readonly gap: number;
}

export interface Agreement {
  readonly positions: number;
  readonly mismatches: readonly Mismatch[];
  /** norm(our - their log-probabilities) / norm(theirs), over their five likeliest everywhere. */
  readonly relative: number;
  readonly worst: number;
}

export function agreementOf(
  rows: readonly Float32Array[],
  recorded: readonly (readonly Ranked[])[],
): Agreement {
  const mismatches: Mismatch[] = [];
  let [squares, total, worst] = [0, 0, 0];
  recorded.forEach((theirs, position) => {
    const logits = rows[position];
    const [best] = theirs;
    if (logits === undefined || best === undefined) throw new Error(`nothing at position ${position}`);
    const { order, logProb } = rankLogits(logits);
    for (const [id, value] of theirs) {
      const difference = Math.abs(logProb(id) - value);
      squares += difference ** 2;
      total += value ** 2;
      worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    }
    const ours = order[0] ?? -1;
    if (ours === best[0]) return;
    const known = theirs.find(([id]) => id === ours);
    mismatches.push({
      position,
      ours,
      theirs: best[0],
      gap: known === undefined ? Infinity : best[1] - known[1],
    });
  });
  return { positions: recorded.length, mismatches, relative: Math.sqrt(squares / total), worst };
}
