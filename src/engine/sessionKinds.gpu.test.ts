/** What a session promises, for each kind of layer: experts, latent attention, sinks, short convolutions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { readGolden } from '../graph/golden.ts';
import type { LoadedModel } from './loadModel.ts';
import { GREEDY } from './sampling.ts';
import { gpuObjectsMadeBy, loadTestModel } from './testModel.ts';

/** Longer than what a short convolution's ring remembers. */
const CONTEXT = 1024;
const { signal } = new AbortController();

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

describe.each(['olmoe', 'deepseek_v3', 'gpt_oss', 'lfm2_moe'])('a session of %s', (name) => {
  let model: LoadedModel;
  let prompt: readonly number[];
  let answer: readonly number[];
  beforeAll(async () => {
    const golden = await readGolden(name);
    model = await loadTestModel(gpu, golden.folder!, { contextLength: CONTEXT });
    prompt = golden.tokens.slice(0, golden.promptTokens);
    answer = golden.tokens.slice(golden.promptTokens);
  });
  afterAll(() => model.dispose());

  async function say(tokens: readonly number[], maxTokens: number) {
    const reused = await model.session.sync(tokens, signal, () => undefined);
    const ids: number[] = [];
    const steps = model.session.generate({ sampling: GREEDY, maxTokens, stopIds: new Set(), signal });
    for (let next = await steps.next(); !next.done; next = await steps.next()) ids.push(next.value);
    return { reused, ids };
  }

  it('speaks the recorded tokens, and again after an edit', async () => {
    expect((await say(prompt, 8)).ids).toEqual(answer);
    const edited = [...prompt.slice(0, 40), 5, 6, 7];
    const again = await say(edited, 8);
    expect(again.reused).toBe(40);
    model.session.reset();
    expect((await say(edited, 8)).ids).toEqual(again.ids);
  });

  it('creates no GPU object over 64 tokens', async () => {
    await say(prompt, 80);
    const made = await gpuObjectsMadeBy(gpu, async () => {
      expect((await say(prompt, 64)).ids.length).toBe(64);
    });
    expect(made).toEqual([]);
  });

  it('begins anew where it no longer knows what came before', async () => {
    await say(prompt, 560);
    const back = await say(prompt.slice(0, 40), 8);
    expect(back.reused).toBe(name === 'lfm2_moe' ? 0 : 39);
    model.session.reset();
    expect((await say(prompt.slice(0, 40), 8)).ids).toEqual(back.ids);
  });
});
