/**
 * llama.cpp on every tiny checkpoint that has a GGUF (src/tools/golden/moeGgufs.py and
 * checkpoints.py write them), in f32: its log-probabilities after each token against
 * those of PyTorch, and against our own plain pass over the same file. Where it computes
 * something else than PyTorch, it is what we say: ours, altered so, agrees with it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openGguf, type ByteSource, type GgufMetadata } from '../../formats/index.ts';
import { compareRows, type RowDifference } from '../../graph/compareRows.ts';
import { GOLDEN_MODELS, readGolden, type Golden } from '../../graph/golden.ts';
import { plainForward } from '../../graph/plain.ts';
import { readPlainWeights } from '../../graph/plainWeights.ts';
import { specFromGguf, type AttentionSpec, type ModelSpec } from '../../models/index.ts';
import { ropeSpec } from '../../models/rope.ts';
import { floatGguf } from '../floatGguf.ts';
import { openLlamaCpp } from '../llamaCpp.ts';
import { rankLogits } from './rankLogits.ts';

/** The architectures that must be among those that agree. */
const ARCHITECTURES = [
  'deepseek2',
  'gemma3',
  'gpt-oss',
  'granitemoe',
  'lfm2moe',
  'llama',
  'llama4',
  'mistral4',
  'olmoe',
  'qwen2',
  'qwen2moe',
  'qwen3',
  'qwen3moe',
  'smollm3',
];

/** All that our reader knows, but F16 and F32, of which a stack differs in nothing from one of BF16. */
const STACKED_TYPES = [
  'BF16',
  'IQ4_NL',
  'IQ4_XS',
  'MXFP4',
  'Q2_K',
  'Q3_K',
  'Q4_0',
  'Q4_1',
  'Q4_K',
  'Q5_0',
  'Q5_1',
  'Q5_K',
  'Q6_K',
  'Q8_0',
];

interface Otherwise {
  readonly why: string;
  /** The same model as llama.cpp computes it. */
  readonly alter: (spec: ModelSpec) => ModelSpec;
}

const EPSILON: Otherwise = {
  why: "it norms latents with the model's epsilon, 1e-5, where the model's own code has 1e-6",
  alter: (spec) =>
    withAttention(spec, (one) => (one.kind === 'mla' ? { ...one, latentEps: spec.normEps } : one)),
};

/** Where llama.cpp computes something else than the model as it was made, by its own code. */
const OTHERWISE: Readonly<Record<string, Otherwise>> = {
  'gemma3-caps': {
    why: 'it reads no soft cap for the attention of Gemma 3, as no published one has it',
    alter: (spec) => withAttention(spec, (one) => (one.kind === 'gqa' ? { ...one, softCap: 0 } : one)),
  },
  'deepseek_v2-groups': {
    why: 'it judges groups of experts by the sum of their two best, where V2 takes the best',
    alter: (spec) => ({
      ...spec,
      layers: spec.layers.map((layer) => {
        const { ffn } = layer;
        if (ffn.kind !== 'moe' || ffn.router.groups === null) return layer;
        const router = { ...ffn.router, groups: { ...ffn.router.groups, score: 'topTwo' as const } };
        return { ...layer, ffn: { ...ffn, router } };
      }),
    }),
  },
  glm4_moe_lite: EPSILON,
  moonlight: EPSILON,
  'gpt_oss-mxfp4': {
    why: "it rounds the ends of YaRN's ramp to whole channels, which gpt-oss does not",
    alter: (spec) => ({
      ...spec,
      ropes: spec.ropes.map(({ dims, pairing, amplitude }) =>
        ropeSpec({ theta: 150_000, dims, scaling: { ...GPT_OSS_YARN, amplitude } }, pairing),
      ),
    }),
  },
};

/** Of the fixture, but rounded. */
const GPT_OSS_YARN = {
  kind: 'yarn',
  factor: 32,
  originalContext: 64,
  betaFast: 32,
  betaSlow: 1,
  truncate: true,
} as const;

function withAttention(spec: ModelSpec, alter: (attention: AttentionSpec) => AttentionSpec): ModelSpec {
  return {
    ...spec,
    layers: spec.layers.map((layer) => Object.assign({}, layer, { attention: alter(layer.attention) })),
  };
}

/**
 * Both sum in f32, in another order; llama.cpp's exponentials are polynomials good to
 * some 2^-22, and it looks GELU up in a table of f16.
 */
const tolerance = (architecture: string): number => (architecture === 'gemma3' ? 1e-3 : 2e-5);

const folder = mkdtempSync(join(tmpdir(), 'shoal-tiny-'));
const rows: string[] = [];
const agreed = new Set<string>();
const stackedIn = new Set<string>();

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  console.log(`log-probabilities, the worst token, relative (largest difference)\n${rows.join('\n')}`);
});

describe('llama.cpp', () => {
  it.each(GOLDEN_MODELS)('on %s', async (name) => {
    const golden = await readGolden(name);
    if (golden.gguf === null) throw new Error(`${name} has no GGUF`);
    const { metadata, directory } = await openGguf([golden.gguf]);
    for (const { name: tensor, type } of directory.tensors.values())
      if (tensor.endsWith('_exps.weight')) stackedIn.add(type);
    const architecture = String(metadata['general.architecture']);
    const theirs = await llamaCppRows(golden, golden.gguf, metadata);
    const toPyTorch = compareRows(theirs, logProbs(golden.logits, golden.vocab), golden.vocab);
    const otherwise = OTHERWISE[name];
    const ours = await ourRows(golden, golden.gguf, otherwise?.alter);
    const toOurs = compareRows(theirs, ours, golden.vocab);
    rows.push(`${name} (${architecture}): PyTorch ${words(toPyTorch)}, ours ${words(toOurs, otherwise)}`);
    expect(toOurs.relative).toBeLessThan(tolerance(architecture));
    if (otherwise !== undefined) {
      expect(toPyTorch.relative).toBeGreaterThan(1e-3);
      return;
    }
    expect(toPyTorch.relative).toBeLessThan(tolerance(architecture));
    agreed.add(architecture);
  });

  it('agrees on every architecture', () => {
    expect([...agreed].sort()).toEqual(ARCHITECTURES);
    expect(GOLDEN_MODELS).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)));
  });

  it('has seen experts stacked in every type', () => {
    expect([...stackedIn].sort()).toEqual(STACKED_TYPES);
  });
});

async function llamaCppRows(
  { name, tokens }: Golden,
  gguf: ByteSource,
  metadata: GgufMetadata,
): Promise<Float32Array> {
  const path = join(folder, `${name}.gguf`);
  writeFileSync(path, await floatGguf(gguf, unsaid(metadata)));
  const llama = await openLlamaCpp(path, 128);
  try {
    const logits = await llama.logits(tokens);
    return joined(logits.map((row) => logProbs(row, row.length)));
  } finally {
    await llama.dispose();
    rmSync(path);
  }
}

/** llama.cpp knows V2-Lite, whose queries are not compressed, by its number of layers alone. */
function unsaid(metadata: GgufMetadata): Record<string, number> {
  const key = 'deepseek2.attention.q_lora_rank';
  const isLite = metadata['general.architecture'] === 'deepseek2' && metadata[key] === undefined;
  return isLite ? { [key]: 0 } : {};
}

async function ourRows(
  { tokens, vocab }: Golden,
  gguf: ByteSource,
  alter: Otherwise['alter'] = (spec) => spec,
): Promise<Float32Array> {
  const { metadata, directory } = await openGguf([gguf]);
  const { spec, recipes } = await specFromGguf(metadata, directory);
  const { logits } = plainForward(alter(spec), await readPlainWeights(recipes, directory), tokens);
  return logProbs(logits, vocab);
}

/** [tokens, vocab] */
function logProbs(logits: Float32Array, vocab: number): Float32Array {
  const count = logits.length / vocab;
  return joined(
    Array.from({ length: count }, (_, t) => {
      const row = logits.subarray(t * vocab, (t + 1) * vocab);
      const { logProb } = rankLogits(row);
      return row.map((_logit, id) => logProb(id));
    }),
  );
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function words({ relative, maxAbs }: RowDifference, otherwise?: Otherwise): string {
  const figures = `${relative.toExponential(1)} (${maxAbs.toExponential(1)})`;
  return otherwise === undefined ? figures : `${figures} where ours does as llama.cpp: ${otherwise.why}`;
}
