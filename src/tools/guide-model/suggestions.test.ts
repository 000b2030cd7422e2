/** What the first screen suggests to ask, the guide can answer: it is the first thing anybody sees of it. */
import { expect, it } from 'vitest';
import { BuiltIn, complete, Engine } from '../../engine/index.ts';
import { readGuide } from '../../engine/guideTruth.ts';
import { GREEDY } from '../../engine/sampling.ts';
import { createMemoryStore } from '../../storage/index.ts';
import { chinese } from '../../ui/chinese/index.ts';
import { english } from '../../ui/english/index.ts';

const REFUSES = /\b(do not|don't|cannot|can't) (know|answer|help)\b|know only/i;
/** In the order of the suggestions. */
const SAYS = [/runs chat models/, /this browser/, /fox/];
const LONGEST_ANSWER = 40;

it('answers every suggestion, and refuses none', async () => {
  const { signal } = new AbortController();
  const { sources } = await readGuide();
  const engine = new Engine({
    api: undefined,
    store: createMemoryStore(),
    onFailure: () => undefined,
    builtIn: new BuiltIn({
      id: 'guide',
      title: 'Guide',
      license: 'MIT',
      open: () => Promise.resolve(sources),
    }),
  });
  const model = await engine.load('guide', { contextLength: 512, signal, onProgress: () => undefined });
  const asked = english.guide.questions.map(([, question = '']) => question);
  expect(chinese.guide.questions.map(([, question]) => question)).toEqual(asked);
  expect(asked).toHaveLength(SAYS.length);
  for (const [at, text] of asked.entries()) {
    const { text: answer } = await complete(model, {
      sampling: GREEDY,
      maxTokens: LONGEST_ANSWER,
      signal,
      prompt: { text, chat: true },
    });
    expect(answer, text).toMatch(SAYS[at] ?? /$^/);
    expect(answer, text).not.toMatch(REFUSES);
  }
}, 60_000);
