import { describe, expect, test } from 'vitest';
import { slabBytes } from '../engine/importPlan.ts';
import { planTensor } from '../engine/importTensor.ts';
import { kvBytesPerToken } from '../graph/index.ts';
import { ggufFormMetadata, ggufTensors, tensorFileBytes, type GgufForm } from '../tools/ggufForms.ts';
import { directoryOf } from '../tools/recordedModels.ts';
import { CATALOGUE, RECOMMENDED, type CatalogueId } from './catalogue.ts';
import { specFromGguf } from './index.ts';

const qwen3 = { architecture: 'qwen3', qkNorm: 'head', headDim: 128, vocab: 151_936 } as const;
const qwen3Moe: GgufForm = {
  ...qwen3,
  architecture: 'qwen3moe',
  type: 'Q4_K_M',
  hidden: 2048,
  layers: 48,
  heads: 32,
  kvHeads: 4,
  inner: 6144,
  context: 262_144,
  tied: false,
  moe: { experts: 128, topK: 8, inner: 768 },
};
const qwen3Of8: GgufForm = {
  ...qwen3,
  type: 'Q4_K_M',
  hidden: 4096,
  layers: 36,
  heads: 32,
  kvHeads: 8,
  inner: 12_288,
  context: 40_960,
  tied: false,
};
const granite = {
  architecture: 'granitemoe',
  type: 'Q4_K_M',
  kvHeads: 8,
  headDim: 64,
  inner: 512,
  vocab: 49_155,
  context: 131_072,
  tied: true,
  metadata: { embedding_scale: 12, residual_scale: 0.22, logit_scale: 6, 'attention.scale': 0.015625 },
} as const;
const smol = {
  architecture: 'llama',
  headDim: 64,
  vocab: 49_152,
  context: 8192,
  tied: true,
} as const;

/** As their config.json on the hub has them. */
const FORMS: Readonly<Record<CatalogueId, GgufForm>> = {
  'qwen3-30b-a3b': qwen3Moe,
  'qwen3-coder-30b-a3b': qwen3Moe,
  'glm-4.7-flash': {
    architecture: 'deepseek2',
    type: 'Q4_K_M',
    hidden: 2048,
    layers: 47,
    heads: 20,
    kvHeads: 20,
    headDim: 256,
    inner: 10_240,
    vocab: 154_880,
    context: 202_752,
    tied: false,
    moe: { experts: 64, topK: 4, inner: 1536, dense: 1, shared: 1 },
    mla: { qRank: 768, kvRank: 512, nope: 192, rope: 64, value: 256 },
    metadata: { expert_gating_func: 2, expert_weights_scale: 1.8, expert_weights_norm: true },
  },
  'gpt-oss-20b': {
    architecture: 'gpt-oss',
    type: 'MXFP4',
    hidden: 2880,
    layers: 24,
    heads: 64,
    kvHeads: 8,
    headDim: 64,
    inner: 2880,
    vocab: 201_088,
    context: 131_072,
    tied: false,
    biased: true,
    moe: { experts: 32, topK: 4, inner: 2880 },
    metadata: { 'attention.sliding_window': 128 },
  },
  'olmoe-1b-7b': {
    architecture: 'olmoe',
    type: 'Q4_K_M',
    hidden: 2048,
    layers: 16,
    heads: 16,
    kvHeads: 16,
    headDim: 128,
    inner: 1024,
    vocab: 50_304,
    context: 4096,
    tied: false,
    qkNorm: 'whole',
    moe: { experts: 64, topK: 8, inner: 1024 },
  },
  'granite-3b-a800m': {
    ...granite,
    hidden: 1536,
    layers: 32,
    heads: 24,
    moe: { experts: 40, topK: 8, inner: 512 },
  },
  'granite-1b-a400m': {
    ...granite,
    hidden: 1024,
    layers: 24,
    heads: 16,
    moe: { experts: 32, topK: 8, inner: 512 },
  },
  'deepseek-r1-qwen3-8b': { ...qwen3Of8, context: 131_072 },
  'qwen3-8b': qwen3Of8,
  'qwen3-4b': {
    ...qwen3,
    type: 'Q4_K_M',
    hidden: 2560,
    layers: 36,
    heads: 32,
    kvHeads: 8,
    inner: 9728,
    context: 262_144,
    tied: true,
  },
  'smollm3-3b': {
    architecture: 'smollm3',
    type: 'Q4_K_M',
    hidden: 2048,
    layers: 36,
    heads: 16,
    kvHeads: 4,
    headDim: 128,
    inner: 11_008,
    vocab: 128_256,
    context: 65_536,
    tied: true,
  },
  'qwen3-1.7b': {
    ...qwen3,
    type: 'Q8_0',
    hidden: 2048,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    inner: 6144,
    context: 40_960,
    tied: true,
  },
  'smollm2-1.7b': { ...smol, type: 'Q4_K_M', hidden: 2048, layers: 24, heads: 32, kvHeads: 32, inner: 8192 },
  'qwen3-0.6b': {
    ...qwen3,
    type: 'Q8_0',
    hidden: 1024,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    inner: 3072,
    context: 40_960,
    tied: true,
  },
  'smollm2-360m': { ...smol, type: 'Q8_0', hidden: 960, layers: 32, heads: 15, kvHeads: 5, inner: 2560 },
  'smollm2-135m': { ...smol, type: 'Q8_0', hidden: 576, layers: 30, heads: 9, kvHeads: 3, inner: 1536 },
};

/** Of the file's table and vocabulary, at most this share. */
const OVERHEAD = 0.03;

describe.each(CATALOGUE.map((model) => [model.id, model] as const))('%s', (id, model) => {
  const form = FORMS[id];
  const tensors = ggufTensors(form);
  const directory = directoryOf(tensors);

  test('is a model this engine reads, of the sizes it says', async () => {
    const { spec, recipes } = await specFromGguf(ggufFormMetadata(form), directory);
    const stored = recipes.reduce((sum, recipe) => {
      const { entry } = planTensor(recipe, directory, 'keep');
      return sum + slabBytes(entry, entry.rows);
    }, 0);
    const mixtures = spec.layers.flatMap(({ ffn }) => (ffn.kind === 'moe' ? [ffn] : []));
    const [first] = mixtures;
    expect(kvBytesPerToken(spec, 'f16')).toBe(model.kvBytesPerToken);
    expect(model.contextLength).toBe(spec.contextLength);
    expect(model.experts).toEqual(
      first ? { layers: mixtures.length, experts: first.experts, topK: first.topK } : null,
    );
    expect(model.storedBytes / stored - 1).toBeCloseTo(0, 2);
  });

  test('and so are its file and its parameters', () => {
    const file = tensorFileBytes(tensors);
    expect(model.downloadBytes / file).toBeGreaterThan(1 - OVERHEAD);
    expect(model.downloadBytes / file).toBeLessThan(1 + OVERHEAD);
    const values = tensors.reduce((sum, { rows, cols }) => sum + rows * cols, 0);
    expect(Math.abs(model.parameters / values - 1)).toBeLessThan(0.05);
    expect(model.active).toBeLessThanOrEqual(model.parameters);
  });

  test('is named as a file of a repository', () => {
    expect(model.repo).toMatch(/^[\w.-]+\/[\w.-]+$/);
    expect(model.path).toMatch(/\.gguf$/i);
    expect(model.path.toLowerCase()).toContain(model.quantisation.toLowerCase());
  });
});

test('no two are alike, and what is recommended is there', () => {
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  expect(new Set(CATALOGUE.map(({ repo, path }) => `${repo}/${path}`)).size).toBe(CATALOGUE.length);
  const ids = CATALOGUE.map(({ id }) => id);
  for (const id of RECOMMENDED) expect(ids).toContain(id);
});
