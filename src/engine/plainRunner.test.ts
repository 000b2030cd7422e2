/** A model on the CPU through the same sessions, chats and completions as on the GPU. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readGolden, type Golden } from '../graph/golden.ts';
import { sampleReference } from '../kernels/index.ts';
import { createMemoryStore } from '../storage/index.ts';
import { complete } from './complete.ts';
import type { LoadedModel } from './loadModel.ts';
import { fitsPlain, loadPlainModel } from './plainModel.ts';
import { GREEDY, type SamplingSettings } from './sampling.ts';
import type { Finish, Session } from './session.ts';
import { importWith } from './testImport.ts';

const signal = new AbortController().signal;
const CONTEXT = 128;
let golden: Golden;
beforeAll(async () => {
  golden = await readGolden('deepseek_v3');
});

async function loaded(contextLength = CONTEXT): Promise<LoadedModel> {
  const store = createMemoryStore();
  const manifest = await importWith(
    { store, recordBytes: 64 * 1024 },
    { open: () => Promise.resolve(golden.folder!), origin: 'file:golden' },
  );
  expect(manifest.records.length).toBeGreaterThan(2);
  return loadPlainModel(store, manifest, { contextLength, signal, onProgress: () => undefined });
}

const prompt = (): readonly number[] => golden.tokens.slice(0, golden.promptTokens);
const answer = (): readonly number[] => golden.tokens.slice(golden.promptTokens);

interface Said {
  readonly ids: readonly number[];
  readonly finish: Finish;
}

async function say(
  session: Session,
  options: Partial<Parameters<Session['generate']>[0]> = {},
): Promise<Said> {
  const said = session.generate({
    sampling: GREEDY,
    maxTokens: answer().length,
    stopIds: new Set(),
    signal,
    ...options,
  });
  const ids: number[] = [];
  for (;;) {
    const next = await said.next();
    if (next.done) return { ids, finish: next.value };
    ids.push(next.value);
  }
}

describe('a session on the CPU', () => {
  it('says what PyTorch says, and goes on from what it has', async () => {
    const { session } = await loaded();
    expect(await session.sync(prompt(), signal, () => undefined)).toBe(0);
    expect(await say(session)).toEqual({ ids: answer(), finish: 'length' });
    // All but the last token of what was said is known; an edit keeps what came before it.
    expect(await session.sync([...golden.tokens, 5], signal, () => undefined)).toBe(golden.tokens.length - 1);
    const edited = [...prompt().slice(0, 40), 9, ...prompt().slice(41)];
    expect(await session.sync(edited, signal, () => undefined)).toBe(40);
    expect(await session.sync(prompt(), signal, () => undefined)).toBe(40);
    expect((await say(session)).ids).toEqual(answer());
  });

  it('stops at a stop token and at the end of the context', async () => {
    const { session } = await loaded(golden.promptTokens + 3);
    await session.sync(prompt(), signal, () => undefined);
    expect(await say(session, { stopIds: new Set([answer()[2]!]) })).toEqual({
      ids: answer().slice(0, 2),
      finish: 'stop',
    });
    await session.sync(prompt(), signal, () => undefined);
    expect(await say(session)).toEqual({ ids: answer().slice(0, 3), finish: 'context' });
  });

  it('hears a cancel that comes as a message, in the prompt and in the answer', async () => {
    const { session } = await loaded();
    const soon = (): AbortController => {
      const stop = new AbortController();
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        stop.abort();
        port1.close();
      });
      port1.start();
      port2.postMessage('cancel');
      return stop;
    };
    const heard = vi.fn<(done: number) => void>();
    await expect(session.sync(prompt(), soon().signal, heard)).rejects.toMatchObject({ name: 'AbortError' });
    expect(heard.mock.lastCall?.[0] ?? 0).toBeLessThan(golden.promptTokens - 1);
    await session.sync(prompt(), signal, () => undefined);
    const { ids, finish } = await say(session, { signal: soon().signal });
    expect(finish).toBe('aborted');
    expect(ids.length).toBeLessThan(answer().length);
  });

  it('tells the experts of each token: those PyTorch chose', async () => {
    const { session } = await loaded();
    const told: { ids: number[]; weights: number[] }[] = [];
    await session.sync(prompt(), signal, () => undefined);
    await say(session, {
      onTokenRoutes: ({ ids, weights }) => told.push({ ids: [...ids], weights: [...weights] }),
    });
    const first = golden.promptTokens - 1; // the step that made the answer's first token
    const wanted = answer().map((_, at) => golden.routes.flatMap(({ experts }) => experts[first + at]!));
    expect(told.map(({ ids }) => ids)).toEqual(wanted);
    expect(told.every(({ weights }) => weights.every((weight) => weight > 0))).toBe(true);
  });
});

describe('sampling on the CPU', () => {
  const settings: SamplingSettings = {
    temperature: 1.3,
    topK: 20,
    topP: 0.9,
    minP: 0.02,
    repetitionPenalty: 1.2,
    frequencyPenalty: 0.3,
    presencePenalty: 0.2,
    seed: 41,
  };

  it('draws what the sample kernel draws, from PyTorch’s logits', async () => {
    const { session } = await loaded();
    await session.sync(prompt(), signal, () => undefined);
    const { ids } = await say(session, { sampling: settings, maxTokens: 1 });
    const counts = new Uint32Array(golden.vocab);
    for (const id of prompt()) counts[id]! += 1;
    const last = golden.promptTokens - 1;
    const row = golden.logits.subarray(last * golden.vocab, (last + 1) * golden.vocab);
    expect(ids).toEqual([sampleReference(row, counts, settings, settings.seed, last)]);
  });

  it('counts what was said, and depends on the seed alone', async () => {
    const { session } = await loaded();
    const draw = async (sampling: SamplingSettings): Promise<readonly number[]> => {
      await session.sync(prompt(), signal, () => undefined);
      return (await say(session, { sampling, maxTokens: 50 })).ids;
    };
    const ids = await draw(settings);
    expect(await draw(settings)).toEqual(ids);
    expect(await draw({ ...settings, seed: 42 })).not.toEqual(ids);
    // No token is said twice where saying one forbids it, though all are about as likely.
    const once = await draw({
      ...GREEDY,
      temperature: 40,
      presencePenalty: 1e4,
    });
    expect(new Set([...once, ...prompt()]).size).toBe(once.length + new Set(prompt()).size);
  });
});

it('completes with the logits of every position', async () => {
  const model = await loaded();
  const rows: number[] = [];
  const made = await complete(model, {
    prompt: { ids: prompt() },
    sampling: GREEDY,
    maxTokens: answer().length,
    signal,
    onLogits: (part) => Promise.resolve(void rows.push(...part)),
  });
  expect(made.tokens).toEqual(answer());
  expect(rows).toHaveLength(golden.logits.length);
  const off = rows.map((logit, i) => Math.abs(logit - golden.logits[i]!));
  expect(off.reduce((most, one) => Math.max(most, one), 0)).toBeLessThan(1e-3);
});

it('is for small models', () => {
  const tensor = { name: 'embed', layout: 'f32', rows: 50_000, cols: 1000 } as const;
  expect(fitsPlain({ tensors: [tensor] })).toBe(true);
  expect(fitsPlain({ tensors: [tensor, { ...tensor, rows: 1 }] })).toBe(false);
});
