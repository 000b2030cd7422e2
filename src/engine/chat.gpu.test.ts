/** A conversation through template, session and decoder on a tiny checkpoint: what is told of it is true. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden } from '../graph/golden.ts';
import type { Message } from '../text/index.ts';
import { chat, type ChatOptions, type ChatOutcome } from './chat.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';
import { loadTestModel } from './testModel.ts';

let gpu: Gpu;
let model: LoadedModel;
beforeAll(async () => {
  gpu = await openTestGpu();
  model = await loadTestModel(gpu, [(await readGolden('llama')).gguf!], { contextLength: 512, chunk: 16 });
});
afterAll(() => {
  model.dispose();
  gpu.dispose();
});

interface Said extends ChatOutcome {
  readonly text: string;
}

async function say(messages: readonly Message[], more: Partial<ChatOptions> = {}): Promise<Said> {
  let text = '';
  const outcome = await chat(model, {
    messages,
    sampling: { ...GREEDY, temperature: 1, seed: 3 },
    maxTokens: 24,
    stop: [],
    signal: new AbortController().signal,
    onPrefill: () => undefined,
    onText: (piece) => {
      text += piece;
    },
    ...more,
  });
  return { ...outcome, text };
}

const user = (content: string): Message => ({ role: 'user', content });
const answer = (content: string): Message => ({ role: 'assistant', content });

it('gives the figures of what it did', async () => {
  const said = await say([user('hello there')]);
  expect(said).toMatchObject({ droppedMessages: 0, reusedTokens: 0 });
  expect(said.tokens).toBeGreaterThan(0);
  expect(said.promptTokens).toBeGreaterThan(3);
  expect(said.timeToFirstTokenMs).toBeGreaterThan(0);
  expect(said.text).not.toBe('');
});

it('computes only what a longer conversation adds', async () => {
  const first = await say([user('hello there')]);
  const second = await say([user('hello there'), answer(first.text), user('and now?')]);
  expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens - 1);
});

it('leaves out the oldest exchanges, keeps the system message, and says how many', async () => {
  const long = 'words and words '.repeat(8);
  const turns = [1, 2, 3, 4, 5].flatMap((n) => [user(`${n} ${long}`), answer(`${n} ${long}`)]);
  const said = await say([{ role: 'system', content: 'be brief' }, ...turns, user('last')]);
  expect(said.droppedMessages).toBeGreaterThan(0);
  expect(said.droppedMessages % 2).toBe(0);
  expect(said.promptTokens).toBeLessThanOrEqual(512 - 24);
  const kept = turns.slice(said.droppedMessages);
  const same = await say([{ role: 'system', content: 'be brief' }, ...kept, user('last')]);
  expect(same).toMatchObject({ droppedMessages: 0, promptTokens: said.promptTokens, text: said.text });
});

it('refuses a single message longer than the context, in words, and goes on', async () => {
  await expect(say([user('x y '.repeat(600))])).rejects.toMatchObject({
    code: 'CONTEXT_FULL',
    detail: { context: 512 },
  });
  expect((await say([user('hello')])).tokens).toBeGreaterThan(0);
});

it('ends at a stop string, which is not shown', async () => {
  const whole = await say([user('hello there')]);
  const stop = whole.text.slice(4, 6);
  const cut = await say([user('hello there')], { stop: [stop] });
  expect(cut.finish).toBe('stop');
  expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
});

it('stops while it reads the prompt', async () => {
  const abort = new AbortController();
  model.session.reset();
  const said = await say([user('words '.repeat(30))], {
    signal: abort.signal,
    onPrefill: () => abort.abort(),
  });
  expect(said).toMatchObject({ finish: 'aborted', tokens: 0, text: '' });
  expect((await say([user('hello')])).tokens).toBeGreaterThan(0);
});

it('goes on with an answer that was cut as if it had not been, computing nothing again', async () => {
  const question = [user('hello there')];
  // Chosen at random, its tokens are seldom those the encoder would choose for their text.
  const sampling = { ...GREEDY, temperature: 1, repetitionPenalty: 1.1, seed: 5 };
  model.session.reset();
  const whole = await say(question, { sampling, maxTokens: 60 });
  expect(whole).toMatchObject({ finish: 'length', tokens: 60 });

  const cut = await say(question, { sampling, maxTokens: 40 });
  expect(cut.tokens).toBe(40);
  const rest = await say(question, { sampling, begun: cut.text, maxTokens: 20 });
  expect(cut.text + rest.text).toBe(whole.text);
  expect(rest.promptTokens).toBe(cut.promptTokens + 40);
  expect(rest.reusedTokens).toBe(rest.promptTokens - 1);

  // Another conversation came between: the answer is read again, from its text.
  await say([user('something else')]);
  const later = await say(question, { sampling, begun: cut.text, maxTokens: 20 });
  expect(later.reusedTokens).toBeLessThan(later.promptTokens - 40);
  expect(later.text).not.toBe('');
});

it('goes on where the user stopped it', async () => {
  const question = [user('hello there')];
  model.session.reset();
  const whole = await say(question, { sampling: GREEDY, maxTokens: 20 });
  const abort = new AbortController();
  let text = '';
  await say(question, {
    sampling: GREEDY,
    maxTokens: 20,
    signal: abort.signal,
    onText: (piece, tokens) => {
      text += piece;
      if (tokens === 6) abort.abort();
    },
  });
  const rest = await say(question, { sampling: GREEDY, begun: text, maxTokens: 14 });
  expect(rest.reusedTokens).toBe(rest.promptTokens - 1);
  expect(text + rest.text).toBe(whole.text);
});
