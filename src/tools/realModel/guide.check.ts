/** The guide in the box, examined again: its card states what our engine really answers. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { examine, type Examination } from '../guide-model/evaluate.ts';
import { askFirst, firstQuestions } from '../guide-model/firstQuestions.ts';

const FOLDER = 'public/guide';
/** Answers that hang on a tie of two tokens may fall otherwise on another adapter. */
const TIES = 2;

const card = readFileSync(`${FOLDER}/README.md`, 'utf8');
let seen: Examination;
beforeAll(async () => {
  seen = await examine(FOLDER);
});

/** `| group | 12 of 34 | …` → 12 and 34. */
function stated(group: string): readonly number[] {
  const row = card.split('\n').find((line) => line.startsWith(`| ${group} |`));
  return (/\| (\d+) of (\d+) \|/.exec(row ?? '') ?? []).slice(1).map(Number);
}

describe('the guide', () => {
  it('scores what its card says', () => {
    for (const { group, count, of } of seen.scores) {
      const [says, from] = stated(group);
      console.log(`${group}: ${count} of ${of}, the card says ${says}`);
      expect(from, group).toBe(of);
      expect(Math.abs(count - (says ?? NaN)), group).toBeLessThanOrEqual(TIES);
    }
  });

  it('states no wrong fact', () => {
    expect(seen.scores.find(({ group }) => group.includes('no wrong fact'))?.missed).toEqual([]);
  });

  it('answers rightly what anybody asks first, greedily and as the page draws its answers', async () => {
    for (const { question, wrong } of await askFirst(FOLDER, firstQuestions))
      expect.soft(wrong, question).toEqual([]);
  });

  it('has no dead expert, and none that does three times its share', () => {
    expect(seen.balance).toHaveLength(4);
    for (const shares of seen.balance) {
      expect(shares).toHaveLength(16);
      expect(shares[0]).toBeGreaterThan(0.1);
      expect(shares.at(-1)).toBeLessThan(3);
    }
  });
});
