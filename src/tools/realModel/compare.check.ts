/**
 * Our engine on a real model against llama.cpp's record (recorded.json): under
 * teacher forcing through the prefill path, then writing by itself through the
 * decode path. llama.cpp on a CPU quantises activations to 8 bits, which alone
 * turns about 2 of 100 of its tokens; so the bounds are held against its run on
 * the same weights with f32 activations, and each token where we differ from its
 * run on the file itself must be one where that run differs too, or a near-tie.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { agreementOf, type Agreement } from './agreement.ts';
import { fetchRealModel } from './fetchModel.ts';
import { infer, inferLogits } from './infer.ts';
import { REAL_PROMPTS, type RealPrompt } from './prompts.ts';
import { readRecorded, type Ranked } from './recorded.ts';

/** Log-probabilities this close are a tie between engines that round differently. */
const NEAR_TIE = 0.05;

const model = await fetchRealModel();
if (model.path === null) console.log(`real model: NOT RUN, ${model.why}`);
const recorded = readRecorded();

it('has a record of every prompt', () => {
  expect(recorded.map(({ name }) => name)).toEqual(REAL_PROMPTS.map(({ name }) => name));
  expect(recorded.find(({ name }) => name === 'long')?.promptIds.length).toBeGreaterThanOrEqual(600);
  for (const { tokens, top, exact, exactTokens, exactLeads } of recorded) {
    expect([top.length, exact.length]).toEqual([tokens.length, tokens.length]);
    expect(exactLeads.length).toBe(exactTokens.length);
  }
  expect(sum(recorded.map(({ tokens }) => tokens.length))).toBeGreaterThanOrEqual(150);
});

describe.skipIf(model.path === null)('against llama.cpp', () => {
  const args = ['--model', model.path ?? '', '--context', '1024'];
  const inNode = [...args, '--runtime', 'node'];
  const forced: Agreement[] = [];

  afterAll(() => {
    const positions = sum(forced.map((one) => one.positions));
    const misses = sum(forced.map((one) => one.mismatches.length));
    console.log(`teacher-forced, f32 activations: ${positions - misses} of ${positions} tokens agree`);
  });

  it.each(recorded)(
    'agrees under teacher forcing: $name',
    async ({ name, promptIds, tokens, top, exact }) => {
      const rows = (await inferLogits(inNode, [...promptIds, ...tokens.slice(0, -1)])).slice(
        promptIds.length - 1,
      );
      const toExact = agreementOf(rows, exact);
      const toFile = agreementOf(rows, top);
      console.log(`${name}: with f32 activations ${words(toExact)}\n${name}: on the file ${words(toFile)}`);
      forced.push(toExact);
      expect(toExact.mismatches.filter(({ gap }) => gap >= NEAR_TIE)).toEqual([]);
      expect(toExact.relative).toBeLessThan(1e-4);
      const unexplained = toFile.mismatches.filter(
        ({ position, gap }) => gap >= NEAR_TIE && best(exact, position) === best(top, position),
      );
      expect(unexplained).toEqual([]);
    },
  );

  it('agrees on 99 tokens of 100', () => {
    const misses = sum(forced.map((one) => one.mismatches.length));
    expect(forced.length).toBe(recorded.length);
    expect(1 - misses / sum(forced.map((one) => one.positions))).toBeGreaterThanOrEqual(0.99);
  });

  it.each(REAL_PROMPTS)('writes the same by itself, until a near-tie: $name', (prompt) =>
    expectSameWords(prompt, inNode),
  );

  it('writes the same in Chromium, in the worker that ships', () => {
    const fact = REAL_PROMPTS.filter(({ name }) => name === 'fact');
    expect(fact).toHaveLength(1);
    return Promise.all(fact.map((prompt) => expectSameWords(prompt, [...args, '--runtime', 'browser'])));
  });
});

/** Greedy, against llama.cpp's own greedy run with f32 activations. */
async function expectSameWords({ name, text, chat }: RealPrompt, args: readonly string[]): Promise<void> {
  const asked = [...args, '--greedy', '--max-tokens', '48', '--prompt', text, ...(chat ? ['--chat'] : [])];
  const { promptTokens, tokens, adapter } = await infer(asked);
  const theirs = recorded.find((prompt) => prompt.name === name);
  if (theirs === undefined) throw new Error(`no record of ${name}`);
  expect(promptTokens).toBe(theirs.promptIds.length);
  const tie = theirs.exactLeads.findIndex((lead) => lead < NEAR_TIE);
  const sure = tie === -1 ? theirs.exactTokens.length : tie;
  const parting = theirs.exactTokens.findIndex((token, i) => token !== tokens[i]);
  const same = parting === -1 ? theirs.exactTokens.length : parting;
  console.log(`${name}: ${same} tokens the same, of ${theirs.exactTokens.length}, on ${adapter}`);
  expect(sure).toBeGreaterThan(0);
  expect(tokens.slice(0, sure)).toEqual(theirs.exactTokens.slice(0, sure));
}

function best(ranked: readonly (readonly Ranked[])[], position: number): number | undefined {
  return ranked[position]?.[0]?.[0];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function words({ positions, mismatches, relative, worst }: Agreement): string {
  const ties = mismatches.map(({ position, gap }) => `${position} by ${gap.toFixed(3)}`).join(', ');
  const agreed = `${positions - mismatches.length} of ${positions} agree${ties === '' ? '' : ` (differs at ${ties})`}`;
  return `${agreed}; log-probabilities ${relative.toExponential(1)} relative, ${worst.toExponential(1)} at most`;
}
