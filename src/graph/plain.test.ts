import { describe, expect, it } from 'vitest';
import { openGguf, openSafetensors } from '../formats/index.ts';
import { specFromConfig, specFromGguf, type ModelSpec } from '../models/index.ts';
import { compareRows } from './compareRows.ts';
import { GOLDEN_FOLDERS, GOLDEN_MODELS, readGolden, type Golden } from './golden.ts';
import { createPlainSession, plainForward, type PlainWeights } from './plain.ts';
import { readPlainWeights } from './plainWeights.ts';

interface Loaded {
  readonly spec: ModelSpec;
  readonly weights: PlainWeights;
}

async function fromGguf({ name, gguf }: Golden): Promise<Loaded> {
  if (gguf === null) throw new Error(`${name} has no GGUF`);
  const { metadata, directory } = await openGguf([gguf]);
  const { spec, recipes } = await specFromGguf(metadata, directory);
  return { spec, weights: await readPlainWeights(recipes, directory) };
}

async function fromFolder({ name, folder }: Golden): Promise<Loaded> {
  const source = folder?.find((file) => file.name === 'config.json');
  if (folder === null || source === undefined) throw new Error(`${name} has no folder`);
  const config: unknown = JSON.parse(new TextDecoder().decode(await source.read(0, source.size)));
  const shards = folder.filter((file) => file.name.endsWith('.safetensors'));
  const directory = await openSafetensors(shards, undefined, undefined, config);
  const { spec, recipes } = specFromConfig(config, directory);
  return { spec, weights: await readPlainWeights(recipes, directory) };
}

/** PyTorch computes in f32. */
const TOLERANCE = 1e-5;

/** Against the logits of every position, and the experts of every token. */
async function expectPyTorch(golden: Golden, { spec, weights }: Loaded): Promise<void> {
  const { logits, taps, routes } = plainForward(spec, weights, golden.tokens);
  const { relative, maxAbs } = compareRows(logits, golden.logits, golden.vocab);
  expect(routes).toEqual(golden.routes.map(({ experts }) => experts));
  expect(relative).toBeLessThan(TOLERANCE);
  expect(maxAbs).toBeLessThan(1e-3);
  expect(taps.map((tap) => tap.length)).toEqual(spec.layers.map(() => golden.tokens.length * spec.hidden));
}

describe('PyTorch agrees', () => {
  it.each(GOLDEN_MODELS)('on the GGUF of %s', async (name) => {
    const golden = await readGolden(name);
    await expectPyTorch(golden, await fromGguf(golden));
  });

  it.each(GOLDEN_FOLDERS)('on the safetensors of %s', async (name) => {
    const golden = await readGolden(name);
    await expectPyTorch(golden, await fromFolder(golden));
  });
});

describe('a session', () => {
  it('gives the same in pieces, after a truncation too, and decodes the recorded tokens', async () => {
    const golden = await readGolden('gemma3');
    const { spec, weights } = await fromGguf(golden);
    const whole = plainForward(spec, weights, golden.tokens).logits;
    const session = createPlainSession(spec, weights);
    session.forward([...golden.tokens.slice(0, 50), 7, 8, 9]);
    session.truncate(50);
    expect(session.length).toBe(50);
    session.forward(golden.tokens.slice(50, golden.promptTokens - 1));
    for (let i = golden.promptTokens - 1; i < golden.tokens.length; i += 1) {
      const { logits } = session.forward(golden.tokens.slice(i, i + 1));
      expect(logits).toEqual(whole.subarray(i * golden.vocab, (i + 1) * golden.vocab));
      const next = golden.tokens[i + 1];
      if (next !== undefined) expect(logits.indexOf(Math.max(...logits))).toBe(next);
    }
  });
});

describe('the fixtures', () => {
  it('are all there', () => {
    expect(GOLDEN_MODELS).toEqual([
      'deepseek_v2',
      'deepseek_v2-groups',
      'deepseek_v2-whole',
      'deepseek_v3',
      'gemma3',
      'gemma3-caps',
      'glm4_moe_lite',
      'gpt_oss-gguf',
      'gpt_oss-mxfp4',
      'granitemoe',
      'lfm2_moe',
      'llama',
      'llama-linear',
      'llama-llama3',
      'llama-q4_0',
      'llama-q8_0',
      'llama-untied',
      'llama-yarn',
      'llama4-gguf',
      'mistral4',
      'mixtral',
      'mixtral-all',
      'moonlight',
      'olmoe',
      'olmoe-q',
      'qwen2',
      'qwen2-k',
      'qwen2_moe-k',
      'qwen3',
      'qwen3_moe',
      'qwen3_moe-k',
      'smollm3-gguf',
    ]);
  });
});
