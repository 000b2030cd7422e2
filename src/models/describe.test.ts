import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import type { DiskType } from '../formats/index.ts';
import { f32, memorySource } from '../tools/modelBytes.ts';
import {
  directoryOf,
  expectWhole,
  fileTensor,
  ggufFiles as gguf,
  ggufMetadata,
  hubFiles as hub,
  recordedDirectory,
  recordedModel,
  recordedModels,
  shapeOf,
} from '../tools/recordedModels.ts';
import type { RecordedModel } from '../tools/recordedModels.ts';
import { specFromConfig, specFromGguf } from './index.ts';
import type { ModelSpec, RouterSpec } from './index.ts';

const cases = recordedModels.map((one) => [one.title, one] as const);

/** What transformers' router classes compute; `eps` is added to the sum where they renormalise. */
const ROUTERS: Readonly<
  Record<string, { score: RouterSpec['score']; eps?: number; always?: boolean; groups?: 'max' | 'topTwo' }>
> = {
  MixtralTopKRouter: { score: 'softmax', eps: 0, always: true },
  OlmoeTopKRouter: { score: 'softmax', eps: 0 },
  Qwen2MoeTopKRouter: { score: 'softmax', eps: 0 },
  Qwen3MoeTopKRouter: { score: 'softmax', eps: 0 },
  GraniteMoeTopKRouter: { score: 'topkSoftmax' },
  GptOssTopKRouter: { score: 'topkSoftmax' },
  DeepseekV2TopkRouter: { score: 'softmax', groups: 'max' },
  DeepseekV3TopkRouter: { score: 'sigmoid', eps: 1e-20, groups: 'topTwo' },
  Glm4MoeLiteTopkRouter: { score: 'sigmoid', eps: 1e-20, groups: 'topTwo' },
  Mistral4TopkRouter: { score: 'softmax', eps: 1e-20, groups: 'topTwo' },
  Llama4Router: { score: 'sigmoid' },
  Lfm2MoeTopKRouter: { score: 'sigmoid', eps: 1e-6 },
};

function expectedFfn({ ffn }: RecordedModel['layers'][number]): unknown {
  if (ffn.kind === 'dense') {
    const activation = { SiLUActivation: 'silu', GELUTanh: 'geluTanh' }[String(ffn['activation'])];
    return { ...ffn, activation };
  }
  const router = ROUTERS[String(ffn['router'])]!;
  const [count, kept] = ffn['groups'] as readonly [number, number];
  const grouped = count > 1 && kept < count && ffn['method'] !== 'greedy';
  const inner = Number(ffn['inner']);
  const sharedInner = Number(ffn['sharedInner']);
  const normed = router.always === true || ffn['norm'] === true;
  return {
    kind: 'moe',
    experts: ffn['experts'],
    topK: ffn['topK'],
    inner,
    activation: ffn['expertBias'] === true ? 'swigluOai' : 'silu',
    router: {
      score: router.score,
      bias: ffn['routerBias'],
      selectBias: ffn['selectBias'],
      groups: grouped ? { count, kept, score: router.groups } : null,
      renormalise: normed && router.eps !== undefined ? router.eps : null,
      scale: ffn['scale'],
    },
    expertBias: ffn['expertBias'],
    weigh: ffn['router'] === 'Llama4Router' ? 'input' : 'output',
    shared:
      sharedInner === 0
        ? null
        : {
            inner: sharedInner,
            pooled: sharedInner % inner === 0 ? sharedInner / inner : 0,
            gated: ffn['gatedShared'],
          },
  };
}

type Attention = RecordedModel['layers'][number]['attention'];

/** `blind` changes what the file cannot tell. */
function expectLayers(
  spec: ModelSpec,
  one: RecordedModel,
  blind: (attention: Attention, layer: number) => object = () => ({}),
): void {
  const seen = spec.layers.map(({ attention, ffn, postNorms }) => {
    if (attention.kind !== 'gqa') {
      const { kind, ...rest } = attention;
      return { attention: { kind, ...rest, ...('rope' in rest ? { rope: 0 } : {}) }, ffn, postNorms };
    }
    const { rope, softCap: _softCap, ...rest } = attention;
    return { attention: { ...rest, rotates: rope >= 0 }, ffn, postNorms };
  });
  const wanted = one.layers.map((layer, index) => {
    const attention = { ...layer.attention, ...blind(layer.attention, index) };
    const scale = attention.kind === 'conv' ? {} : { scale: expect.closeTo(Number(attention['scale']), 12) };
    const rope = attention.kind === 'mla' ? { rope: 0 } : {};
    return {
      attention: { ...attention, ...scale, ...rope },
      ffn: expectedFfn(layer),
      postNorms: layer.postNorms,
    };
  });
  expect(seen).toEqual(wanted);
}

describe.each(cases)('%s', (_title, one) => {
  const type = one.config.model_type;
  const isGemma = type.startsWith('gemma');

  test('config.json gives the model transformers builds', () => {
    const { spec } = specFromConfig(one.config, hub(one));
    expectLayers(spec, one);
    expect(spec).toMatchObject({
      vocab: 128,
      hidden: one.config['hidden_size'],
      tiedHead: one.tiedHead,
      contextLength: one.contextLength,
      normEps: one.normEps,
      logitSoftCap: one.logitSoftCap,
      logitScale: one.logitScale,
      residualScale: one.residualScale,
    });
    const neighbours = /deepseek|glm|mistral4|llama4/.test(type);
    expect(spec.ropes.map(({ pairing }) => pairing)).toEqual(
      spec.ropes.map(() => (neighbours ? 'interleaved' : 'half')),
    );
    expectFrequencies(spec, one);
  });

  test.each([
    ['BF16', 'bfloat16'],
    ['F16', 'float16'],
    ['F32', 'float32'],
  ] as const)('the embedding is scaled as for weights of %s', (disk, dtype) => {
    expect(specFromConfig(one.config, hub(one, disk)).spec.embedScale).toBe(one.embedScale[dtype]);
  });

  test('the recipes use every value once', () => {
    const { spec, recipes } = specFromConfig(one.config, hub(one));
    expectWhole(recipes, one.tensors);
    for (const recipe of recipes) {
      expect(recipe.kind).toBe(/norm|bias|sinks|convWeight/i.test(recipe.name) ? 'vector' : 'matrix');
      expect(recipe.keep).toBe(recipe.name.endsWith('.router') ? true : undefined);
      expect(recipe.experts === undefined).toBe(!/\.expert(GateUp|Down)$/.test(recipe.name));
      for (const part of recipe.parts)
        expect(part.add).toBe(isGemma && /norm/i.test(recipe.name) ? 1 : undefined);
    }
    expect(recipes.some(({ name }) => name === 'head')).toBe(!spec.tiedHead);
  });

  test.skipIf(one.held === null)('tensors as transformers 5 holds them give the same', () => {
    const held = specFromConfig(one.config, recordedDirectory(one.held!));
    expectWhole(held.recipes, one.held!);
    const fromHub = specFromConfig(one.config, hub(one));
    expect(held.spec).toEqual(fromHub.spec);
    expect(held.recipes.map(shapeOf)).toEqual(fromHub.recipes.map(shapeOf));
  });

  test.skipIf(one.gguf === null)('GGUF gives the same model', async () => {
    const { spec, recipes } = await specFromGguf(ggufMetadata(one), gguf(one));
    const fromConfig = specFromConfig(one.config, hub(one));
    const interleaved = /llama|mistral|mixtral|granite|smollm|deepseek|glm/.test(type);
    expect(spec.ropes.map(({ pairing }) => pairing)).toEqual(
      spec.ropes.map(() => (interleaved ? 'interleaved' : 'half')),
    );
    expect(recipes.map(shapeOf)).toEqual(fromConfig.recipes.map(shapeOf));
    expectWhole(recipes, one.gguf!);
    expect(recipes.flatMap(({ parts }) => parts).every(({ add }) => add === undefined)).toBe(true);
    expect(spec.embedScale).toBe(one.embedScale.float32);
    const { residualScale, logitScale } = spec;
    expect({ residualScale, logitScale }).toEqual({
      residualScale: one.residualScale,
      logitScale: expect.closeTo(one.logitScale, 12),
    });
    // What amplitudes a file's YaRN has only follows where both multipliers are one.
    if (one.title !== 'Mistral 4 in groups' && one.rope['rope_type'] !== 'llama3')
      expectFrequencies(spec, one);
    expectLayers(spec, one, (attention, layer) => unsaidInGguf(one, attention, layer));
  });
});

function expectFrequencies({ ropes }: ModelSpec, { frequencies }: RecordedModel): void {
  const { count, picked, amplitude } = frequencies;
  if (picked === undefined) return;
  const table = ropes[0]!.inverseFrequencies;
  expect(table).toHaveLength(count!);
  [table[0], table[count! >> 1], table.at(-1)].forEach((frequency, i) => {
    expect(Math.abs(frequency! / picked[i]! - 1)).toBeLessThan(1e-6);
  });
  expect(ropes[0]!.amplitude).toBeCloseTo(amplitude!, 12);
}

/** Mistral's and Qwen's windows, Gemma's pattern and scale but by its size, Mistral 4's temperature. */
function unsaidInGguf(one: RecordedModel, attention: Attention, layer: number): object {
  const type = one.config.model_type;
  if (attention.kind === 'mla') return { temperature: null };
  if (type === 'gpt_oss' || type === 'llama4_text' || attention.kind === 'conv') return {};
  const gemma = type.startsWith('gemma');
  const window = gemma && (layer + 1) % 6 !== 0 ? Number(attention['window']) || 1024 : 0;
  // llama.cpp knows one pattern of SmolLM3 layers.
  const smollm = type === 'smollm3' ? { rotates: (layer + 1) % 4 !== 0 } : {};
  return {
    window,
    ...smollm,
    ...(type === 'granitemoe' ? {} : { scale: Number(attention['headDim']) ** -0.5 }),
  };
}

test("Gemma's windowed layers turn by their own table", () => {
  const one = recordedModel('gemma-3-270m');
  const { spec } = specFromConfig(one.config, hub(one));
  const ropes = spec.layers.map(({ attention }) => (attention.kind === 'gqa' ? attention.rope : null));
  expect(ropes).toEqual([1, 1, 1, 1, 1, 0, 1]);
  expect(spec.ropes.map(({ inverseFrequencies }) => inverseFrequencies[1])).toEqual([
    expect.closeTo(1_000_000 ** (-2 / 256), 12),
    expect.closeTo(10_000 ** (-2 / 256), 12),
  ]);
});

test('Gemma 3 27B, of 62 layers, has a scale of its own in GGUF', async () => {
  const one = recordedModel("gemma-3-27b's proportions");
  const tensors = gguf(one).tensors;
  const many = [...tensors.values()].filter(({ name }) => !name.startsWith('blk.'));
  for (const tensor of tensors.values()) {
    if (tensor.name.startsWith('blk.0.'))
      for (let i = 0; i < 62; i += 1)
        many.push({ ...tensor, name: tensor.name.replace('blk.0.', `blk.${i}.`) });
  }
  const { spec } = await specFromGguf({ ...ggufMetadata(one), 'gemma3.block_count': 62 }, directoryOf(many));
  expect(spec.layers[0]!.attention).toMatchObject({
    scale: expect.closeTo(Number(one.layers[0]!.attention['scale']), 12),
  });
});

test.each([
  ['gemma-3-270m', 'gemma3', 'language_model.', 'language_model.model.embed_tokens.weight', null],
  ['gemma-3-270m', 'gemma3', '', 'model.embed_tokens.weight', null],
  [
    'Llama-4-Scout-17B-16E',
    'llama4',
    'language_model.',
    'language_model.model.embed_tokens.weight',
    'language_model.lm_head.weight',
  ],
  [
    'Mistral 4, every default',
    'mistral3',
    'language_model.',
    'language_model.model.embed_tokens.weight',
    'language_model.lm_head.weight',
  ],
] as const)('%s inside %s is found by its prefix', (title, wrapper, prefix, embed, head) => {
  const one = recordedModel(title);
  const vision = fileTensor('vision_tower.encoder.layers.0.mlp.fc1.weight', [4, 4]);
  const config = { model_type: wrapper, text_config: one.config };
  const directory = directoryOf([...hub(one, 'BF16', prefix).tensors.values(), vision]);
  const { recipes } = specFromConfig(config, directory);
  const partOf = (name: string) => recipes.find((recipe) => recipe.name === name)?.parts[0]!.tensor ?? null;
  expect(partOf('embed')).toBe(embed);
  expect(partOf('head')).toBe(head);
});

test('parts of different layouts stay apart, of one layout are joined', async () => {
  const one = recordedModel('Llama-2-like, every default');
  const tensors = new Map(gguf(one, 'Q4_0').tensors);
  const retype = (name: string, type: DiskType) =>
    tensors.set(name, fileTensor(name, [tensors.get(name)!.rows, tensors.get(name)!.cols], type));
  retype('blk.0.attn_v.weight', 'Q8_0');
  retype('blk.0.ffn_gate.weight', 'Q8_0');
  retype('blk.0.ffn_up.weight', 'Q5_0');
  const { recipes } = await specFromGguf(ggufMetadata(one), { tensors });
  const names = recipes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['0.qk', '0.v', '0.gateUp']));
  expect(names).not.toContain('0.qkv');
  expect(names).not.toContain('0.gate');

  retype('blk.0.attn_q.weight', 'Q8_0');
  retype('blk.0.ffn_up.weight', 'Q4_1');
  const again = (await specFromGguf(ggufMetadata(one), { tensors })).recipes.map(({ name }) => name);
  expect(again).toEqual(expect.arrayContaining(['0.q', '0.k', '0.v', '0.gate', '0.up']));
});

test('divisors in rope_freqs.weight divide the frequencies', async () => {
  const one = recordedModel('Llama-2-like, every default');
  const divisors = Array.from({ length: 16 }, (_, i) => 1 + i / 2);
  const freqs = {
    ...fileTensor('rope_freqs.weight', [16], 'F32'),
    rowBytes: 64,
    source: memorySource('freqs', concat(divisors.map(f32))),
  };
  const directory = directoryOf([...gguf(one).tensors.values(), freqs]);
  const { spec } = await specFromGguf(ggufMetadata(one), directory);
  spec.ropes[0]!.inverseFrequencies.forEach((frequency, i) => {
    expect(frequency).toBeCloseTo(10_000 ** (-i / 16) / divisors[i]!, 14);
  });
});

test('yarn in GGUF is yarn in config.json', async () => {
  const one = recordedModel('Qwen2.5-0.5B');
  const scaling = { type: 'yarn', factor: 4, original_max_position_embeddings: 32_768 };
  const config = specFromConfig({ ...one.config, rope_scaling: scaling }, hub(one));
  const file = await specFromGguf(
    {
      ...ggufMetadata(one),
      'qwen2.rope.scaling.type': 'yarn',
      'qwen2.rope.scaling.factor': 4,
      'qwen2.rope.scaling.original_context_length': 32_768,
    },
    gguf(one),
  );
  expect(file.spec.ropes).toEqual(config.spec.ropes);
  expect(file.spec.ropes[0]!.amplitude).toBeCloseTo(1.1386294361119891, 12);
});
