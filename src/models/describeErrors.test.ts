/** Files that describe no model, or one that does not run here: each refused in words. */
import { expect, test } from 'vitest';
import { AppError } from '../base/failure.ts';
import type { FailureCode } from '../base/failure.ts';
import type { DiskType, FileTensor, GgufValue, TensorDirectory } from '../formats/index.ts';
import {
  directoryOf,
  fileTensor,
  ggufFiles as gguf,
  ggufMetadata,
  hubFiles as hub,
  recordedModel,
} from '../tools/recordedModels.ts';
import type { RecordedModel } from '../tools/recordedModels.ts';
import { specFromConfig, specFromGguf } from './index.ts';

type Config = Record<string, unknown>;

function thrownBy(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
  throw new Error('nothing was thrown');
}

const llama = recordedModel('Llama-2-like, every default');

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
  ['a head size no kernel holds', { head_dim: 260 }, 'BAD_DIMENSIONS', 'head size'],
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
  const error = thrownBy(() => specFromConfig({ ...llama.config, ...change }, hub(llama)));
  expect(error.code).toBe(code);
  if (key !== '') expect(error.detail['key'] ?? error.detail['family']).toBe(key);
});

test.each([null, 5, 'x', []])('%j is no config.json', (config) => {
  expect(thrownBy(() => specFromConfig(config, hub(llama))).code).toBe('BAD_DIMENSIONS');
});

const badMetadata: readonly (readonly [string, Record<string, GgufValue>, FailureCode, string])[] = [
  ['an unknown architecture', { 'general.architecture': 'rwkv6' }, 'UNSUPPORTED_FAMILY', 'rwkv6'],
  [
    'experts it has no tensors of',
    { 'llama.expert_count': 8, 'llama.expert_used_count': 2 },
    'MISSING_TENSOR',
    '',
  ],
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
  const work = specFromGguf({ ...ggufMetadata(llama), ...change }, gguf(llama));
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
  const tensors = new Map(hub(llama).tensors);
  tensors.delete('model.layers.0.mlp.down_proj.weight');
  const error = thrownBy(() => specFromConfig(llama.config, { tensors }));
  expect(error.code).toBe('MISSING_TENSOR');
  expect(error.detail['tensor']).toBe('model.layers.0.mlp.down_proj.weight');
});

test('a tensor of a layer that the graph would not use is refused', () => {
  const stray = fileTensor('model.layers.0.mlp.gate_proj.bias', [352]);
  const error = thrownBy(() =>
    specFromConfig(llama.config, directoryOf([...hub(llama).tensors.values(), stray])),
  );
  expect(error.code).toBe('UNSUPPORTED_FAMILY');
  expect(error.message).toContain(stray.name);
});

const moonlight = recordedModel('Moonlight-16B-A3B');
const deepseek = recordedModel('DeepSeek-V3');

test.each([
  ['q_lora_rank', 1538, "queries' latent channels"],
  ['kv_lora_rank', 516, 'latent channels'],
  ['v_head_dim', 130, 'value size'],
])('latent attention with a %s of %d is refused', (key, size, named) => {
  const error = thrownBy(() => specFromConfig({ ...deepseek.config, [key]: size }, hub(deepseek)));
  expect(error.code).toBe('BAD_DIMENSIONS');
  expect(error.detail['key']).toBe(named);
});

const badExperts: readonly (readonly [string, RecordedModel, Config, FailureCode, string])[] = [
  [
    'more experts chosen than there are',
    moonlight,
    { num_experts_per_tok: 65 },
    'BAD_DIMENSIONS',
    'num_experts_per_tok',
  ],
  [
    'more experts than a router holds',
    moonlight,
    { n_routed_experts: 516 },
    'BAD_DIMENSIONS',
    'n_routed_experts',
  ],
  [
    'more experts chosen than are run',
    moonlight,
    { num_experts_per_tok: 33 },
    'BAD_DIMENSIONS',
    'num_experts_per_tok',
  ],
  ['no experts chosen', moonlight, { num_experts_per_tok: 0 }, 'BAD_DIMENSIONS', 'num_experts_per_tok'],
  ['fewer experts than the router has', moonlight, { n_routed_experts: 60 }, 'BAD_DIMENSIONS', ''],
  ['groups that do not divide the experts', deepseek, { n_group: 7 }, 'BAD_DIMENSIONS', 'n_group'],
  ['more groups kept than there are', deepseek, { topk_group: 9 }, 'BAD_DIMENSIONS', 'topk_group'],
  [
    'groups too few for the experts chosen',
    deepseek,
    { n_group: 128, topk_group: 3 },
    'BAD_DIMENSIONS',
    'topk_group',
  ],
  ['groups of one judged by two', deepseek, { n_group: 256, topk_group: 64 }, 'BAD_DIMENSIONS', 'n_group'],
  ['another score', deepseek, { scoring_func: 'sqrtsoftplus' }, 'UNSUPPORTED_FAMILY', 'deepseek_v3'],
  ['the score of an older one', deepseek, { scoring_func: 'softmax' }, 'UNSUPPORTED_FAMILY', 'deepseek_v3'],
  ['odd latent channels', moonlight, { kv_lora_rank: 510 }, 'BAD_DIMENSIONS', 'latent channels'],
  ['clipped keys', recordedModel('OLMoE-1B-7B-0924'), { clip_qkv: 8 }, 'UNSUPPORTED_FAMILY', 'olmoe'],
  ['another clamp', recordedModel('gpt-oss-20b'), { swiglu_limit: 10 }, 'UNSUPPORTED_FAMILY', 'gpt_oss'],
  [
    'layers without a list',
    recordedModel('LFM2-8B-A1B'),
    { layer_types: null },
    'BAD_DIMENSIONS',
    'layer_types',
  ],
  [
    'a list too short',
    recordedModel('gpt-oss-20b'),
    { layer_types: ['full_attention'] },
    'BAD_DIMENSIONS',
    'layer_types',
  ],
  [
    'layers of a kind not known',
    recordedModel('gpt-oss-20b'),
    { layer_types: ['mamba', 'mamba'] },
    'UNSUPPORTED_FAMILY',
    'gpt_oss',
  ],
  [
    'layers of another family',
    recordedModel('gpt-oss-20b'),
    { layer_types: ['conv', 'conv'] },
    'UNSUPPORTED_FAMILY',
    'gpt_oss',
  ],
];

test.each(badExperts)('config.json with %s is refused', (_title, one, change, code, key) => {
  const error = thrownBy(() => specFromConfig({ ...one.config, ...change }, hub(one)));
  expect(error.code).toBe(code);
  if (key !== '') expect(error.detail['key'] ?? error.detail['family']).toBe(key);
});

function without(directory: TensorDirectory, name: string): TensorDirectory {
  const tensors = new Map(directory.tensors);
  expect(tensors.delete(name)).toBe(true);
  return { tensors };
}

function replaced(directory: TensorDirectory, ...others: readonly FileTensor[]): TensorDirectory {
  const tensors = new Map(directory.tensors);
  for (const other of others) {
    expect(tensors.has(other.name)).toBe(true);
    tensors.set(other.name, other);
  }
  return { tensors };
}

test.each([
  'model.layers.1.mlp.experts.63.up_proj.weight',
  'model.layers.1.mlp.experts.0.gate_proj.weight',
  'model.layers.1.mlp.experts.0.down_proj.weight',
  'model.layers.1.mlp.gate.weight',
  'model.layers.1.mlp.gate.e_score_correction_bias',
  'model.layers.1.mlp.shared_experts.down_proj.weight',
  'model.layers.0.self_attn.kv_b_proj.weight',
])('an absent %s is named', (name) => {
  const error = thrownBy(() => specFromConfig(moonlight.config, without(hub(moonlight), name)));
  expect([error.code, error.detail['tensor']]).toEqual(['MISSING_TENSOR', name]);
});

test('experts that are all absent are called by the most usual name', () => {
  const tensors = [...hub(moonlight).tensors.values()].filter(({ name }) => !name.includes('.experts.'));
  const error = thrownBy(() => specFromConfig(moonlight.config, directoryOf(tensors)));
  expect([error.code, error.detail['tensor']]).toEqual([
    'MISSING_TENSOR',
    'model.layers.1.mlp.experts.0.gate_proj.weight',
  ]);
});

test.each([
  ['a router of another shape', fileTensor('model.layers.1.mlp.gate.weight', [63, 2048])],
  ['an expert of another shape', fileTensor('model.layers.1.mlp.experts.7.down_proj.weight', [2048, 1407])],
] as const)('%s is refused by name', (_title, odd) => {
  const error = thrownBy(() => specFromConfig(moonlight.config, replaced(hub(moonlight), odd)));
  expect([error.code, error.detail['tensor']]).toEqual(['BAD_DIMENSIONS', odd.name]);
  expect(error.message).toContain(`${odd.rows} x ${odd.cols}`);
});

test('stacked experts of another number are refused by name', async () => {
  const granite = recordedModel('granite-3.1-1b-a400m');
  const odd = fileTensor('blk.1.ffn_up_exps.weight', [16, 1024, 1024]);
  const error: unknown = await specFromGguf(ggufMetadata(granite), replaced(gguf(granite), odd)).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'BAD_DIMENSIONS',
    message: 'tensor blk.1.ffn_up_exps.weight is 16 x 1024 x 1024, not 32 x 512 x 1024',
  });
});

test('gate and up of experts in different layouts are refused by name', async () => {
  const granite = recordedModel('granite-3.1-1b-a400m');
  const odd = fileTensor('blk.1.ffn_up_exps.weight', [32, 512, 1024], 'Q8_0');
  const files = replaced(gguf(granite, 'Q4_0'), odd);
  const error: unknown = await specFromGguf(ggufMetadata(granite), files).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UNSUPPORTED_TYPE', detail: { tensor: odd.name, type: 'Q8_0' } });
});

test('a shared expert in another layout, or of a size no piece fits, stays apart', () => {
  const names = (config: Config, directory: TensorDirectory) => {
    const { spec, recipes } = specFromConfig(config, directory);
    const ffn = spec.layers[1]!.ffn;
    return [
      ffn.kind === 'moe' ? ffn.shared?.pooled : null,
      recipes.find(({ name }) => name === '1.expertDown')!.experts,
      recipes.map(({ name }) => name).filter((name) => name.startsWith('1.shared')),
    ];
  };
  expect(names(moonlight.config, hub(moonlight))).toEqual([2, 66, []]);
  const odd = fileTensor('model.layers.1.mlp.shared_experts.down_proj.weight', [2048, 2816], 'F32');
  expect(names(moonlight.config, replaced(hub(moonlight), odd))).toEqual([
    0,
    64,
    ['1.sharedGateUp', '1.sharedDown'],
  ]);
  const qwen = recordedModel('Qwen2-MoE, some layers dense, some windowed');
  expect(names(qwen.config, hub(qwen))).toEqual([0, 6, ['1.sharedGateUp', '1.sharedDown']]);
});

test('quantised columns of a shared expert are cut between blocks or not at all', async () => {
  const pooled = async (one: RecordedModel, type: DiskType) => {
    const { spec } = await specFromGguf(ggufMetadata(one), gguf(one, type));
    const ffn = spec.layers.at(-1)!.ffn;
    return ffn.kind === 'moe' ? ffn.shared?.pooled : null;
  };
  // 1408 columns are 44 blocks of 32, and five and a half of 256.
  expect(await pooled(moonlight, 'Q4_0')).toBe(2);
  expect(await pooled(moonlight, 'Q4_K')).toBe(0);
});

test('layers that guess ahead are no part of the model; one layer more is', async () => {
  const ahead = (index: number) => [
    fileTensor(`model.layers.${index}.eh_proj.weight`, [7168, 14336]),
    fileTensor(`model.layers.${index}.mlp.experts.0.gate_proj.weight`, [2048, 7168]),
  ];
  const files = [...hub(deepseek).tensors.values()];
  const { spec } = specFromConfig(deepseek.config, directoryOf([...files, ...ahead(2)]));
  expect(spec.layers).toHaveLength(2);
  const error = thrownBy(() => specFromConfig(deepseek.config, directoryOf([...files, ...ahead(3)])));
  expect(error.code).toBe('UNSUPPORTED_FAMILY');

  const glm = recordedModel('GLM-4.7-Flash');
  const nextn = fileTensor('blk.2.nextn.eh_proj.weight', [2048, 4096]);
  const told = { 'deepseek2.block_count': 3, 'deepseek2.nextn_predict_layers': 1 };
  const file = await specFromGguf(
    { ...ggufMetadata(glm), ...told },
    directoryOf([...gguf(glm).tensors.values(), nextn]),
  );
  expect(file.spec.layers).toHaveLength(2);
});
