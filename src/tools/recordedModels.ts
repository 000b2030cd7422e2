/**
 * The models of modelSpecs.json as files: what transformers builds from a published
 * configuration, its tensors as the hub names them, as transformers 5 holds them, and
 * as llama.cpp's converter writes them, with the metadata it writes beside.
 */
import { expect } from 'vitest';
import type { DiskType, FileTensor, GgufValue, TensorDirectory } from '../formats/index.ts';
import { layoutOf } from '../formats/index.ts';
import fixture from '../models/fixtures/modelSpecs.json' with { type: 'json' };
import type { TensorRecipe } from '../models/index.ts';
import { memorySource } from './modelBytes.ts';

/** One entry of modelSpecs.json; '{E}' in a name stands for `each` tensors. */
export interface RecordedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly each?: number;
}

export interface RecordedModel {
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly model_type: string };
  readonly tensors: readonly RecordedTensor[];
  readonly held: readonly RecordedTensor[] | null;
  readonly gguf: readonly RecordedTensor[] | null;
  readonly layers: readonly RecordedLayer[];
  readonly tiedHead: boolean;
  readonly logitSoftCap: number;
  readonly normEps: number;
  readonly contextLength: number;
  readonly embedScale: Readonly<Record<'float32' | 'bfloat16' | 'float16', number>>;
  /** transformers' rope_parameters, whatever the configuration calls them. */
  readonly rope: Readonly<Record<string, unknown>>;
  /** Of the global table, where there is but one. */
  readonly frequencies: {
    readonly amplitude?: number;
    readonly count?: number;
    /** The first, the middle one and the last. */
    readonly picked?: readonly number[];
  };
  readonly residualScale: number;
  readonly logitScale: number;
}

export interface RecordedLayer {
  readonly attention: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly ffn: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly postNorms: boolean;
}

export const recordedModels = fixture as readonly unknown[] as readonly RecordedModel[];

export function recordedModel(title: string): RecordedModel {
  return recordedModels.find((one) => one.title === title)!;
}

const source = memorySource('weights', new Uint8Array(0));

export function fileTensor(name: string, shape: readonly number[], type: DiskType = 'BF16'): FileTensor {
  const cols = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const blocks = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { name, type, layout: layoutOf(type), blocks, rows, cols, rowBytes: 0, source, offset: 0 };
}

export function directoryOf(tensors: readonly FileTensor[]): TensorDirectory {
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
}

/** Every expert's own tensor where they have one. */
export function unfolded(tensors: readonly RecordedTensor[]): RecordedTensor[] {
  return tensors.flatMap(({ name, shape, each = 1 }) =>
    Array.from({ length: each }, (_, expert) => ({ name: name.replace('{E}', String(expert)), shape })),
  );
}

/** Vectors are f32 in either kind of file, whatever the matrices are. */
export function recordedDirectory(
  tensors: readonly RecordedTensor[],
  type?: DiskType,
  prefix = '',
): TensorDirectory {
  return directoryOf(
    unfolded(tensors).map(({ name, shape }) =>
      fileTensor(prefix + name, shape, shape.length === 1 && type?.startsWith('Q') === true ? 'F32' : type),
    ),
  );
}

/** As the hub has it. */
export function hubFiles(one: RecordedModel, type?: DiskType, prefix = ''): TensorDirectory {
  return recordedDirectory(one.tensors, type, prefix);
}

export function ggufFiles(one: RecordedModel, type?: DiskType): TensorDirectory {
  return recordedDirectory(one.gguf!, type);
}

/** A recipe without the file's side of it. */
export function shapeOf({ name, rows, cols, kind, experts, keep }: TensorRecipe): Partial<TensorRecipe> {
  return {
    name,
    rows,
    cols,
    kind,
    ...(experts !== undefined && { experts }),
    ...(keep !== undefined && { keep }),
  };
}

/** Every value of every tensor is in one recipe, once: sizes add up on both sides. */
export function expectWhole(recipes: readonly TensorRecipe[], tensors: readonly RecordedTensor[]): void {
  const shapes = new Map(unfolded(tensors).map(({ name, shape }) => [name, shape]));
  const taken = new Map<string, number>();
  for (const { name, kind, rows, cols, parts } of recipes) {
    let total = 0;
    for (const { tensor, rows: height, turned = false } of parts) {
      const whole = turned ? 1 : (shapes.get(tensor)?.at(-1) ?? Number.NaN);
      const size = height * (kind === 'matrix' ? cols : whole);
      taken.set(tensor, (taken.get(tensor) ?? 0) + size);
      total += size;
    }
    expect([name, total]).toEqual([name, rows * cols]);
  }
  const sizes = [...shapes].map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)] as const);
  expect(Object.fromEntries(taken)).toEqual(Object.fromEntries(sizes));
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  mistral: 'llama',
  mixtral: 'llama',
  gemma3_text: 'gemma3',
  qwen2_moe: 'qwen2moe',
  qwen3_moe: 'qwen3moe',
  gpt_oss: 'gpt-oss',
  deepseek_v2: 'deepseek2',
  deepseek_v3: 'deepseek2',
  glm4_moe_lite: 'deepseek2',
  llama4_text: 'llama4',
  lfm2_moe: 'lfm2moe',
};

export function architectureOf({ config }: RecordedModel): string {
  return ARCHITECTURES[config.model_type] ?? config.model_type;
}

/** The metadata llama.cpp's converter writes for such a configuration (conversion/base.py and the families'). */
export function ggufMetadata(model: RecordedModel): Record<string, GgufValue> {
  const architecture = architectureOf(model);
  const keys = {
    ...plainKeys(model),
    ...attentionKeys(model),
    ...expertKeys(model),
    ...ropeKeys(model),
  };
  const named = Object.entries(keys)
    .filter(([, value]) => value != null)
    .map(([key, value]) => [`${architecture}.${key}`, value]);
  return {
    'general.architecture': architecture,
    ...(Object.fromEntries(named) as Record<string, GgufValue>),
  };
}

function plainKeys({
  config,
  layers,
  normEps,
  contextLength,
  embedScale,
  residualScale,
  logitScale,
}: RecordedModel) {
  const granite = config.model_type === 'granitemoe';
  return {
    block_count: layers.length,
    context_length: contextLength,
    embedding_length: config['hidden_size'],
    feed_forward_length: config['intermediate_size_mlp'] ?? config['intermediate_size'],
    'attention.layer_norm_rms_epsilon': normEps,
    final_logit_softcapping: config['final_logit_softcapping'],
    embedding_scale: granite ? embedScale.float32 : undefined,
    residual_scale: granite ? residualScale : undefined,
    logit_scale: granite ? 1 / logitScale : undefined,
    'attention.scale': config['attention_multiplier'],
    'shortconv.l_cache': config['conv_L_cache'],
  };
}

function attentionKeys({ config, layers }: RecordedModel) {
  const heads = config['num_attention_heads'];
  const attending = layers.map(({ attention }) => attention).find(({ kind }) => kind !== 'conv')!;
  if (attending.kind === 'mla') {
    const { kvRank, ropeDim, nopeDim, valueDim } = attending as Readonly<Record<string, number>>;
    return {
      'attention.head_count': heads,
      'attention.head_count_kv': 1,
      'attention.q_lora_rank': attending['qRank'] === 0 ? undefined : attending['qRank'],
      'attention.kv_lora_rank': kvRank,
      'attention.key_length': kvRank! + ropeDim!,
      'attention.value_length': kvRank,
      'attention.key_length_mla': nopeDim! + ropeDim!,
      'attention.value_length_mla': valueDim,
      'rope.dimension_count': ropeDim,
    };
  }
  const convolves = layers.some(({ attention }) => attention.kind === 'conv');
  return {
    'attention.head_count': heads,
    'attention.head_count_kv': convolves
      ? layers.map(({ attention }) => attention['kvHeads'] ?? 0)
      : attending['kvHeads'],
    'attention.key_length': attending['headDim'],
    'attention.value_length': attending['headDim'],
    'attention.sliding_window': config['sliding_window'],
  };
}

function expertKeys({ config, layers }: RecordedModel) {
  const moe = layers.map(({ ffn }) => ffn).find(({ kind }) => kind === 'moe');
  if (moe === undefined) return {};
  const scoring = { softmax: 1, sigmoid: 2 }[String(config['scoring_func'])];
  const dense = layers.findIndex(({ ffn }) => ffn.kind === 'moe');
  const type = config.model_type;
  const oneWidth = type === 'mixtral' || type === 'olmoe' || type === 'granitemoe';
  const latent = layers[0]!.attention.kind === 'mla';
  return {
    expert_count: moe['experts'],
    expert_used_count: moe['topK'],
    expert_feed_forward_length: oneWidth ? undefined : moe['inner'],
    expert_shared_feed_forward_length: config['shared_expert_intermediate_size'],
    expert_shared_count: latent ? Number(moe['sharedInner']) / Number(moe['inner']) : undefined,
    expert_group_count: config['n_group'],
    expert_group_used_count: config['topk_group'],
    expert_gating_func: type === 'lfm2_moe' ? 2 : scoring,
    expert_weights_scale: latent ? moe['scale'] : undefined,
    expert_weights_norm: latent && moe['norm'] === true ? true : undefined,
    leading_dense_block_count: latent || type === 'lfm2_moe' ? dense : undefined,
    interleave_moe_layer_step: config['interleave_moe_layer_step'],
  };
}

interface RopeWords {
  readonly rope_type?: string;
  readonly factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly beta_fast?: number;
  readonly beta_slow?: number;
  readonly mscale_all_dim?: number;
  readonly rope_theta?: number;
}

function ropeKeys({ rope }: RecordedModel) {
  const words = (rope['full_attention'] ?? rope) as RopeWords;
  const yarn = words.rope_type === 'yarn';
  return {
    'rope.freq_base': words.rope_theta,
    ...(yarn && {
      'rope.scaling.type': 'yarn',
      'rope.scaling.factor': words.factor,
      'rope.scaling.original_context_length': words.original_max_position_embeddings,
      'rope.scaling.yarn_beta_fast': words.beta_fast,
      'rope.scaling.yarn_beta_slow': words.beta_slow,
      'rope.scaling.yarn_log_multiplier':
        words.mscale_all_dim === undefined ? undefined : 0.1 * words.mscale_all_dim,
    }),
  };
}
