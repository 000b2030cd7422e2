import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import { AppError } from '../base/failure.ts';
import type { FailureCode } from '../base/failure.ts';
import type { DiskType, FileTensor, GgufValue, TensorDirectory } from '../formats/index.ts';
import { f32, memorySource } from '../tools/modelBytes.ts';
import fixture from './fixtures/modelSpecs.json' with { type: 'json' };
import { specFromConfig, specFromGguf } from './index.ts';
import type { ModelSpec } from './index.ts';

type Recorded = (typeof fixture)[number];
type Config = Record<string, unknown>;

const source = memorySource('weights', new Uint8Array(0));

function fileTensor(name: string, shape: readonly number[], type: DiskType = 'BF16'): FileTensor {
  const cols = shape.at(-1)!;
  const rows = shape.length === 1 ? 1 : shape[0]!;
  const layout = ({ BF16: 'bf16', F16: 'f16', F32: 'f32', Q8_0: 'q8s', Q5_0: 'q8s', Q4_0: 'q4s' } as const)[
    type as 'BF16'
  ];
  return { name, type, layout, rows, cols, rowBytes: 0, source, offset: 0 };
}

function directoryOf(tensors: readonly FileTensor[]): TensorDirectory {
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
}

function torchDirectory(one: Recorded, type?: DiskType, prefix = ''): TensorDirectory {
  return directoryOf(one.parameters.map(({ name, shape }) => fileTensor(prefix + name, shape, type)));
}
function ggufDirectory(one: Recorded, type?: DiskType): TensorDirectory {
  return directoryOf(one.parameters.map(({ gguf, shape }) => fileTensor(gguf, shape, type)));
}

/** The metadata llama.cpp's converter writes for such a configuration. */
function ggufMetadata({ config, layers, normEps, contextLength }: Recorded): Record<string, GgufValue> {
  const type = config.model_type;
  const architecture = type === 'mistral' ? 'llama' : type === 'gemma3_text' ? 'gemma3' : type;
  const given = config as Config;
  const keys: Record<string, unknown> = {
    block_count: layers.length,
    context_length: contextLength,
    embedding_length: config.hidden_size,
    feed_forward_length: config.intermediate_size,
    'attention.head_count': config.num_attention_heads,
    'attention.head_count_kv': layers[0]!.kvHeads,
    'attention.key_length': layers[0]!.headDim,
    'attention.value_length': layers[0]!.headDim,
    'attention.layer_norm_rms_epsilon': normEps,
    'attention.sliding_window': given['sliding_window'],
    'rope.freq_base': given['rope_theta'],
    final_logit_softcapping: given['final_logit_softcapping'],
  };
  const named = Object.entries(keys)
    .filter(([, value]) => value != null)
    .map(([key, value]) => [`${architecture}.${key}`, value]);
  return {
    'general.architecture': architecture,
    ...(Object.fromEntries(named) as Record<string, GgufValue>),
  };
}

function thrownBy(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
  throw new Error('nothing was thrown');
}

function expectLayers(spec: ModelSpec, one: Recorded): void {
  const seen = spec.layers.map(({ attention, ffn, postNorms }) => ({
    scale: attention.scale,
    window: attention.window,
    headDim: attention.headDim,
    heads: attention.heads,
    kvHeads: attention.kvHeads,
    qkNorm: attention.qkNorm,
    qkvBias: attention.qkvBias,
    outBias: attention.outBias,
    inner: ffn.inner,
    activation: { silu: 'SiLUActivation', geluTanh: 'GELUTanh' }[ffn.activation],
    postNorms,
  }));
  expect(seen).toEqual(one.layers.map((layer) => ({ ...layer, scale: expect.closeTo(layer.scale, 12) })));
}

const cases = fixture.map((one) => [one.title, one] as const);
const named = (title: string): Recorded => fixture.find((one) => one.title === title)!;

describe.each(cases)('%s', (_title, one) => {
  const isGemma = one.config.model_type.startsWith('gemma');

  test('config.json gives the model transformers builds', () => {
    const { spec } = specFromConfig(one.config, torchDirectory(one));
    expectLayers(spec, one);
    expect(spec).toMatchObject({
      vocab: 128,
      hidden: one.config.hidden_size,
      tiedHead: one.tiedHead,
      contextLength: one.contextLength,
      normEps: one.normEps,
      logitSoftCap: one.logitSoftCap,
    });
    expect(spec.ropes.map(({ pairing }) => pairing)).toEqual(spec.ropes.map(() => 'half'));
  });

  test.each([
    ['BF16', 'bfloat16'],
    ['F16', 'float16'],
    ['F32', 'float32'],
  ] as const)('the embedding is scaled as for weights of %s', (type, dtype) => {
    expect(specFromConfig(one.config, torchDirectory(one, type)).spec.embedScale).toBe(one.embedScale[dtype]);
  });

  test('the recipes use every parameter once, whole', () => {
    const { spec, recipes } = specFromConfig(one.config, torchDirectory(one));
    const parts = recipes.flatMap((recipe) => recipe.parts);
    expect(parts.map(({ tensor }) => tensor).sort()).toEqual(one.parameters.map(({ name }) => name).sort());
    const values = one.parameters.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
    expect(recipes.reduce((sum, { rows, cols }) => sum + rows * cols, 0)).toBe(values);
    for (const recipe of recipes) {
      expect(recipe.kind).toBe(/norm|bias/i.test(recipe.name) ? 'vector' : 'matrix');
      for (const part of recipe.parts)
        expect(part.add).toBe(isGemma && /norm/i.test(recipe.name) ? 1 : undefined);
    }
    expect(recipes.some(({ name }) => name === 'head')).toBe(!spec.tiedHead);
  });

  test('GGUF gives the same model', async () => {
    const { spec, recipes } = await specFromGguf(ggufMetadata(one), ggufDirectory(one));
    const fromConfig = specFromConfig(one.config, torchDirectory(one));
    const interleaved = /llama|mistral/.test(one.config.model_type);
    expect(spec.ropes.map(({ pairing }) => pairing)).toEqual(
      spec.ropes.map(() => (interleaved ? 'interleaved' : 'half')),
    );
    expect(recipes.map(({ name, rows, cols }) => ({ name, rows, cols }))).toEqual(
      fromConfig.recipes.map(({ name, rows, cols }) => ({ name, rows, cols })),
    );
    expect(recipes.flatMap(({ parts }) => parts).every(({ add }) => add === undefined)).toBe(true);
    expect(spec.embedScale).toBe(one.embedScale.float32);
    // GGUF says nothing of mistral's and qwen's windows, of Gemma's pattern, nor of its scale but by its size.
    const blind = one.layers.map((layer, i) => ({
      ...layer,
      window: isGemma && (i + 1) % 6 !== 0 ? layer.window || 1024 : 0,
      scale: one.layers[0]!.headDim ** -0.5,
    }));
    expectLayers(spec, { ...one, layers: blind });
  });
});

test("Gemma's windowed layers turn by their own table", () => {
  const one = named('gemma-3-270m');
  const { spec } = specFromConfig(one.config, torchDirectory(one));
  expect(spec.layers.map(({ attention }) => attention.rope)).toEqual([1, 1, 1, 1, 1, 0, 1]);
  expect(spec.ropes.map(({ inverseFrequencies }) => inverseFrequencies[1])).toEqual([
    expect.closeTo(1_000_000 ** (-2 / 256), 12),
    expect.closeTo(10_000 ** (-2 / 256), 12),
  ]);
});

test('Gemma 3 27B, of 62 layers, has a scale of its own in GGUF', async () => {
  const one = named("gemma-3-27b's proportions");
  const layer = (name: string) => /blk\.0\./.test(name);
  const tensors = ggufDirectory(one).tensors;
  const many = [...tensors.values()].filter(({ name }) => !name.startsWith('blk.'));
  for (const tensor of tensors.values()) {
    if (layer(tensor.name))
      for (let i = 0; i < 62; i += 1)
        many.push({ ...tensor, name: tensor.name.replace('blk.0.', `blk.${i}.`) });
  }
  const { spec } = await specFromGguf({ ...ggufMetadata(one), 'gemma3.block_count': 62 }, directoryOf(many));
  expect(spec.layers[0]!.attention.scale).toBeCloseTo(one.layers[0]!.scale, 12);
});

test('a text model inside one that sees is found by its prefix', () => {
  const one = named('gemma-3-270m');
  const vision = fileTensor('vision_tower.encoder.layers.0.mlp.fc1.weight', [4, 4]);
  for (const prefix of ['language_model.', '']) {
    const directory = torchDirectory(one, 'BF16', prefix);
    const config = { model_type: 'gemma3', text_config: one.config };
    const { recipes } = specFromConfig(config, directoryOf([...directory.tensors.values(), vision]));
    expect(recipes[0]!.parts[0]!.tensor).toBe(`${prefix}model.embed_tokens.weight`);
  }
});

test('parts of different layouts stay apart, of one layout are joined', async () => {
  const one = named('Llama-2-like, every default');
  const tensors = new Map(ggufDirectory(one, 'Q4_0').tensors);
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
  const one = named('Llama-2-like, every default');
  const divisors = Array.from({ length: 16 }, (_, i) => 1 + i / 2);
  const freqs = {
    ...fileTensor('rope_freqs.weight', [16], 'F32'),
    rowBytes: 64,
    source: memorySource('freqs', concat(divisors.map(f32))),
  };
  const directory = directoryOf([...ggufDirectory(one).tensors.values(), freqs]);
  const { spec } = await specFromGguf(ggufMetadata(one), directory);
  spec.ropes[0]!.inverseFrequencies.forEach((frequency, i) => {
    expect(frequency).toBeCloseTo(10_000 ** (-i / 16) / divisors[i]!, 14);
  });
});

test('yarn in GGUF is yarn in config.json', async () => {
  const one = named('Qwen2.5-0.5B');
  const scaling = { type: 'yarn', factor: 4, original_max_position_embeddings: 32_768 };
  const config = specFromConfig({ ...one.config, rope_scaling: scaling }, torchDirectory(one));
  const gguf = await specFromGguf(
    {
      ...ggufMetadata(one),
      'qwen2.rope.scaling.type': 'yarn',
      'qwen2.rope.scaling.factor': 4,
      'qwen2.rope.scaling.original_context_length': 32_768,
    },
    ggufDirectory(one),
  );
  expect(gguf.spec.ropes).toEqual(config.spec.ropes);
  expect(gguf.spec.ropes[0]!.amplitude).toBeCloseTo(1.1386294361119891, 12);
});

const llama = named('Llama-2-like, every default');

const badConfigs: readonly (readonly [string, Config, FailureCode, string])[] = [
  ['an unknown family', { model_type: 'mamba' }, 'UNSUPPORTED_FAMILY', 'mamba'],
  ['no family', { model_type: undefined }, 'BAD_DIMENSIONS', 'config.json model_type'],
  ['words for a number', { hidden_size: 'big' }, 'BAD_DIMENSIONS', 'config.json hidden_size'],
  ['hidden size 0', { hidden_size: 0 }, 'BAD_DIMENSIONS', 'hidden_size'],
  ["hidden size that is not the tensors'", { hidden_size: 256 }, 'BAD_DIMENSIONS', ''],
  ['a billion layers', { num_hidden_layers: 1e9 }, 'BAD_DIMENSIONS', 'num_hidden_layers'],
  ['a layer more than there are', { num_hidden_layers: 2 }, 'MISSING_TENSOR', ''],
  ['half a layer', { num_hidden_layers: 1.5 }, 'BAD_DIMENSIONS', 'num_hidden_layers'],
  ['minus four heads', { num_attention_heads: -4 }, 'BAD_DIMENSIONS', 'num_attention_heads'],
  ['heads no multiple of kv heads', { num_key_value_heads: 3 }, 'BAD_DIMENSIONS', 'key-value heads'],
  ['a head size of no multiple of 4', { head_dim: 30 }, 'BAD_DIMENSIONS', 'head size'],
  ['heads that share the hidden size unevenly', { num_attention_heads: 3 }, 'BAD_DIMENSIONS', 'head_dim'],
  ['an odd number of turning channels', { partial_rotary_factor: 0.1 }, 'BAD_DIMENSIONS', 'rope dimensions'],
  [
    'more turning channels than there are',
    { partial_rotary_factor: 2 },
    'BAD_DIMENSIONS',
    'partial_rotary_factor x head_dim',
  ],
  ["a vocabulary that is not the embedding's", { vocab_size: 129 }, 'BAD_DIMENSIONS', ''],
  ['an endless vocabulary', { vocab_size: 1e12 }, 'BAD_DIMENSIONS', 'vocab_size'],
  ['a scaling not known', { rope_scaling: { type: 'dynamic', factor: 2 } }, 'UNSUPPORTED_FAMILY', 'llama'],
  ['a scaling without its factor', { rope_scaling: { type: 'linear' } }, 'BAD_DIMENSIONS', 'rope factor'],
  ['another activation', { hidden_act: 'relu' }, 'UNSUPPORTED_FAMILY', 'llama'],
  ['epsilon below zero', { rms_norm_eps: -1 }, 'BAD_DIMENSIONS', 'rms_norm_eps'],
];

test.each(badConfigs)('config.json with %s is refused', (_title, change, code, key) => {
  const error = thrownBy(() => specFromConfig({ ...llama.config, ...change }, torchDirectory(llama)));
  expect(error.code).toBe(code);
  if (key !== '') expect(error.detail['key'] ?? error.detail['family']).toBe(key);
});

test.each([null, 5, 'x', []])('%j is no config.json', (config) => {
  expect(thrownBy(() => specFromConfig(config, torchDirectory(llama))).code).toBe('BAD_DIMENSIONS');
});

const badMetadata: readonly (readonly [string, Record<string, GgufValue>, FailureCode, string])[] = [
  ['an unknown architecture', { 'general.architecture': 'rwkv6' }, 'UNSUPPORTED_FAMILY', 'rwkv6'],
  ['experts', { 'llama.expert_count': 8 }, 'UNSUPPORTED_FAMILY', 'llama'],
  ['a billion layers', { 'llama.block_count': 1e9 }, 'BAD_DIMENSIONS', 'llama.block_count'],
  ['a layer more than there are', { 'llama.block_count': 2 }, 'MISSING_TENSOR', ''],
  ['a layer fewer than there are', { 'llama.block_count': 0 }, 'BAD_DIMENSIONS', 'llama.block_count'],
  [
    'heads that differ by layer',
    { 'llama.attention.head_count_kv': [4, 2] },
    'BAD_DIMENSIONS',
    'llama.attention.head_count_kv',
  ],
  [
    'values of another length',
    { 'llama.attention.value_length': 64 },
    'BAD_DIMENSIONS',
    'llama.attention.value_length',
  ],
  ['words for a number', { 'llama.embedding_length': '128' }, 'BAD_DIMENSIONS', 'llama.embedding_length'],
  [
    'an odd number of turning channels',
    { 'llama.rope.dimension_count': 31 },
    'BAD_DIMENSIONS',
    'rope dimensions',
  ],
  ['a scaling not known', { 'llama.rope.scaling.type': 'longrope' }, 'UNSUPPORTED_FAMILY', 'llama'],
];

test.each(badMetadata)('GGUF with %s is refused', async (_title, change, code, key) => {
  const work = specFromGguf({ ...ggufMetadata(llama), ...change }, ggufDirectory(llama));
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  const { code: seen, detail } = error as AppError;
  expect(seen).toBe(code);
  if (key !== '') expect(detail['key'] ?? detail['family']).toBe(key);
});

test('an absent tensor is named', () => {
  const tensors = new Map(torchDirectory(llama).tensors);
  tensors.delete('model.layers.0.mlp.down_proj.weight');
  const error = thrownBy(() => specFromConfig(llama.config, { tensors }));
  expect(error.code).toBe('MISSING_TENSOR');
  expect(error.detail['tensor']).toBe('model.layers.0.mlp.down_proj.weight');
});

test('a tensor of a layer that the graph would not use is refused', () => {
  const stray = fileTensor('model.layers.0.mlp.gate_proj.bias', [352]);
  const error = thrownBy(() =>
    specFromConfig(llama.config, directoryOf([...torchDirectory(llama).tensors.values(), stray])),
  );
  expect(error.code).toBe('UNSUPPORTED_FAMILY');
  expect(error.message).toContain(stray.name);
});
