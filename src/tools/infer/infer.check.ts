/** `npm run infer` on a folder of a mixture of experts, in both runtimes: what PyTorch writes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as v from 'valibot';
import { infer } from '../realModel/infer.ts';

const FIXTURE = fileURLToPath(new URL('../../graph/fixtures/olmoe/', import.meta.url));
const Truth = v.object({ promptTokens: v.number(), tokens: v.array(v.number()) });
const { promptTokens, tokens } = v.parse(Truth, JSON.parse(readFileSync(`${FIXTURE}truth.json`, 'utf8')));
const args = [
  '--model',
  `${FIXTURE}hf`,
  '--greedy',
  '--max-tokens',
  String(tokens.length - promptTokens),
  '--tokens',
  tokens.slice(0, promptTokens).join(),
];

it.each(['browser', 'node'])('infer writes what PyTorch writes: %s', async (runtime) => {
  const made = await infer([...args, '--runtime', runtime]);
  expect(made.promptTokens).toBe(promptTokens);
  expect(made.tokens).toEqual(tokens.slice(promptTokens));
});
