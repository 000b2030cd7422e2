/** `npm run infer` on a folder of a mixture of experts, in every runtime: what PyTorch writes; and the built-in model by its name. */
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

it.each(['browser', 'node', 'cpu'])('infer writes what PyTorch writes: %s', async (runtime) => {
  const made = await infer([...args, '--runtime', runtime]);
  expect(made.promptTokens).toBe(promptTokens);
  expect(made.tokens).toEqual(tokens.slice(promptTokens));
});

it.each(['browser', 'cpu'])('infer knows the built-in model by its name: %s', async (runtime) => {
  const asked = ['--model', 'guide', '--prompt', 'hello', '--chat', '--greedy', '--max-tokens', '40'];
  const { text, tokens: said } = await infer([...asked, '--runtime', runtime]);
  expect(said.length).toBeLessThan(40);
  expect(text).toMatch(/guide/i);
});
