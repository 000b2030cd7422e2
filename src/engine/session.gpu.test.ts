/** One timeline on the GPU: reuse, truncation, stopping, and a loop that makes nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden, type Golden } from '../graph/golden.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY, type SamplingSettings } from './sampling.ts';
import type { Finish } from './session.ts';
import { gpuObjectsMadeBy, loadTestModel } from './testModel.ts';

let gpu: Gpu;
let golden: Golden;
let model: LoadedModel;
beforeAll(async () => {
  gpu = await openTestGpu();
  golden = await readGolden('llama');
  model = await loadTestModel(gpu, [golden.gguf!], { contextLength: 512 });
});
afterAll(() => {
  model.dispose();
  expect(gpu.memory.bytes).toBe(0);
  gpu.dispose();
});

interface Said {
  readonly ids: number[];
  readonly finish: Finish;
  readonly reused: number;
}

async function say(
  prompt: readonly number[],
  maxTokens: number,
  more: { stopIds?: Set<number>; sampling?: SamplingSettings; abortAfter?: number } = {},
): Promise<Said> {
  const abort = new AbortController();
  const reused = await model.session.sync(prompt, abort.signal, () => undefined);
  const ids: number[] = [];
  const steps = model.session.generate({
    sampling: more.sampling ?? GREEDY,
    maxTokens,
    stopIds: more.stopIds ?? new Set(),
    signal: abort.signal,
  });
  for (let next = await steps.next(); ; next = await steps.next()) {
    if (next.done) return { ids, finish: next.value, reused };
    ids.push(next.value);
    if (ids.length === more.abortAfter) abort.abort();
  }
}

const prompt = (): readonly number[] => golden.tokens.slice(0, golden.promptTokens);
const answer = (): readonly number[] => golden.tokens.slice(golden.promptTokens);
const drawn: SamplingSettings = { ...GREEDY, temperature: 1.5, seed: 7 };

describe('a session', () => {
  it('speaks the recorded tokens', async () => {
    const said = await say(prompt(), 8);
    expect(said).toMatchObject({ ids: answer(), finish: 'length' });
  });

  it('keeps what an edited prompt shares with the last one', async () => {
    await say(prompt(), 8);
    const edited = [...prompt().slice(0, 40), 5, 6, 7];
    const again = await say(edited, 8);
    expect(again.reused).toBe(40);
    model.session.reset();
    expect(await say(edited, 8)).toEqual({ ...again, reused: 0 });
  });

  it('goes on after its own answer without computing it again', async () => {
    const first = await say(prompt(), 20, { sampling: drawn });
    const longer = [...prompt(), ...first.ids, 9, 10];
    const second = await say(longer, 8);
    expect(second.reused).toBeGreaterThanOrEqual(prompt().length + first.ids.length - 1);
    model.session.reset();
    expect((await say(longer, 8)).ids).toEqual(second.ids);
  });

  it('stops at a stop id, which it does not yield', async () => {
    const long = await say(prompt(), 30, { sampling: drawn });
    const stop = long.ids[12]!;
    const short = await say(prompt(), 30, { sampling: drawn, stopIds: new Set([stop]) });
    expect(short.finish).toBe('stop');
    expect(short.ids).toEqual(long.ids.slice(0, long.ids.indexOf(stop)));
  });

  it('stops within a token of an abort and can go on', async () => {
    const said = await say(prompt(), 100, { abortAfter: 5 });
    expect(said.finish).toBe('aborted');
    expect(said.ids.length).toBe(5);
    expect((await say(prompt(), 8)).ids).toEqual(answer());
  });

  it('draws the same for the same seed and another for another', async () => {
    const first = await say(prompt(), 30, { sampling: drawn });
    expect((await say(prompt(), 30, { sampling: drawn })).ids).toEqual(first.ids);
    expect((await say(prompt(), 30, { sampling: { ...drawn, seed: 8 } })).ids).not.toEqual(first.ids);
  });

  it('never repeats under a penalty that forbids it', async () => {
    const { ids } = await say(prompt(), 40, { sampling: { ...GREEDY, presencePenalty: 1e6 } });
    expect(new Set([...prompt(), ...ids]).size).toBe(new Set(prompt()).size + ids.length);
  });

  it('ends with the context, and grows its cache on the way', async () => {
    const before = gpu.memory.bytes;
    const said = await say(prompt(), 1000);
    expect(said.finish).toBe('context');
    expect(said.ids.length).toBe(512 - prompt().length);
    expect(said.ids.slice(0, 8)).toEqual(answer());
    expect(gpu.memory.bytes).toBeGreaterThan(before);
  });

  it('refuses a prompt longer than the context in words', async () => {
    await expect(
      say(
        Array.from({ length: 600 }, () => 1),
        1,
      ),
    ).rejects.toMatchObject({ code: 'CONTEXT_FULL' });
    expect((await say(prompt(), 8)).ids).toEqual(answer());
  });
});

describe('the token loop', () => {
  it('creates no GPU object over 64 tokens', async () => {
    await say(prompt(), 80);
    const made = await gpuObjectsMadeBy(gpu, async () => {
      expect((await say(prompt(), 64)).ids.length).toBe(64);
    });
    expect(made).toEqual([]);
    expect(
      await gpuObjectsMadeBy(gpu, async () => {
        gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_DST }).destroy();
      }),
    ).toEqual(['createBuffer']);
  });
});

describe('a device that is lost', () => {
  it('ends the answer with that failure', async () => {
    const other = await openTestGpu();
    const spoken = await loadTestModel(other, [golden.gguf!], { contextLength: 512 });
    const { signal } = new AbortController();
    await spoken.session.sync(prompt(), signal, () => undefined);
    const steps = spoken.session.generate({ sampling: GREEDY, maxTokens: 200, stopIds: new Set(), signal });
    expect((await steps.next()).value).toBe(answer()[0]);
    other.device.destroy();
    await expect(
      (async () => {
        while (!(await steps.next()).done);
      })(),
    ).rejects.toMatchObject({ code: 'DEVICE_LOST' });
    other.dispose();
  });
});

describe('weights that are no numbers', () => {
  it('are refused when the model is loaded', async () => {
    const gguf = golden.gguf!;
    const bytes = await gguf.read(0, gguf.size);
    bytes.fill(0xff, bytes.length - 40_000);
    const spoiled = {
      ...gguf,
      read: async (at: number, length: number) => bytes.slice(at, at + length),
    };
    await expect(loadTestModel(gpu, [spoiled], {})).rejects.toMatchObject({ code: 'KERNEL_CHECK_FAILED' });
  });
});
