import { describe, expect, it } from 'vitest';
import { openGguf, openSafetensors, type ByteSource } from '../formats/index.ts';
import { specFromConfig, specFromGguf, type ModelSpec } from '../models/index.ts';
import { compareRows } from './compareRows.ts';
import { GOLDEN_MODELS, readGolden, type Golden } from './golden.ts';
import { createPlainSession, plainForward, type PlainWeights } from './plain.ts';
import { readPlainWeights } from './plainWeights.ts';

interface Loaded {
  readonly spec: ModelSpec;
  readonly weights: PlainWeights;
}

async function fromGguf({ gguf }: Golden): Promise<Loaded> {
  const { metadata, directory } = await openGguf([gguf]);
  const { spec, recipes } = await specFromGguf(metadata, directory);
  return { spec, weights: await readPlainWeights(recipes, directory) };
}

async function fromFolder(folder: readonly ByteSource[]): Promise<Loaded> {
  const config = folder.find(({ name }) => name === 'config.json');
  if (config === undefined) throw new Error('no config.json');
  const text = new TextDecoder().decode(await config.read(0, config.size));
  const directory = await openSafetensors(folder.filter(({ name }) => name.endsWith('.safetensors')));
  const { spec, recipes } = specFromConfig(JSON.parse(text), directory);
  return { spec, weights: await readPlainWeights(recipes, directory) };
}

/** GGUF alone. */
const QUANTISED = /-(q\d_\d|k)$/;

/** PyTorch computes in f32. */
const TOLERANCE = 1e-5;

/** Against the logits of every position. */
async function expectPyTorch(golden: Golden, { spec, weights }: Loaded): Promise<void> {
  const { logits, taps } = plainForward(spec, weights, golden.tokens);
  const { relative, maxAbs } = compareRows(logits, golden.logits, golden.vocab);
  expect(relative).toBeLessThan(TOLERANCE);
  expect(maxAbs).toBeLessThan(1e-3);
  expect(taps.map((tap) => tap.length)).toEqual(spec.layers.map(() => golden.tokens.length * spec.hidden));
}

describe('PyTorch agrees', () => {
  it.each(GOLDEN_MODELS)('on the GGUF of %s', async (name) => {
    const golden = await readGolden(name);
    await expectPyTorch(golden, await fromGguf(golden));
  });

  it.each(GOLDEN_MODELS.filter((name) => !QUANTISED.test(name)))('on the safetensors of %s', async (name) => {
    const golden = await readGolden(name);
    await expectPyTorch(golden, await fromFolder(golden.folder ?? []));
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
      'gemma3',
      'gemma3-caps',
      'llama',
      'llama-linear',
      'llama-llama3',
      'llama-q4_0',
      'llama-q8_0',
      'llama-untied',
      'llama-yarn',
      'qwen2',
      'qwen2-k',
      'qwen3',
    ]);
  });
});
