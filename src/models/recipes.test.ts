/**
 * Which values of the file end where in a graph tensor, for the families whose files
 * hold them otherwise: every file value says its tensor and index, and plain index
 * arithmetic, as in transformers' modelling code, says where it should be.
 */
import { describe, expect, test } from 'vitest';
import { decodeSlice, sliceRanges } from '../formats/index.ts';
import type { FileTensor, TensorDirectory } from '../formats/index.ts';
import { memorySource } from '../tools/modelBytes.ts';
import { directoryOf, fileTensor, ggufMetadata, recordedModel } from '../tools/recordedModels.ts';
import type { RecordedTensor } from '../tools/recordedModels.ts';
import { specFromConfig, specFromGguf } from './index.ts';
import type { TensorRecipe } from './index.ts';

type Sizes = Readonly<Record<string, number | null>>;

const configOf = (title: string, sizes: Sizes) => ({
  ...recordedModel(title).config,
  ...sizes,
});

/** Value i of the n-th tensor is n * 65536 + i: exact in f32. */
function numbered(shapes: Readonly<Record<string, readonly number[]>>): TensorDirectory {
  return directoryOf(Object.entries(shapes).map(([name, shape], n) => counting(name, shape, n * 65_536)));
}

function counting(name: string, shape: readonly number[], start: number): FileTensor {
  const plain = fileTensor(name, shape, 'F32');
  const values = Float32Array.from({ length: plain.rows * plain.cols }, (_, i) => start + i);
  const source = memorySource(name, new Uint8Array(values.buffer));
  return { ...plain, rowBytes: plain.cols * 4, source };
}

/** What the importer reads for a recipe, as TensorPart has it. */
async function read(
  recipes: readonly TensorRecipe[],
  name: string,
  { tensors }: TensorDirectory,
): Promise<number[]> {
  const { parts, cols, kind } = recipes.find((recipe) => recipe.name === name)!;
  const out: number[] = [];
  for (const { tensor, rows, block = 0, turned = false, first = 0, step = 1, firstCol = 0 } of parts) {
    const file = tensors.get(tensor)!;
    const width = kind === 'matrix' ? cols : turned ? 1 : file.cols;
    const slice = { file, block, turned, first, step, rows, firstCol, cols: width };
    const bytes = await Promise.all(
      sliceRanges(slice).map(({ source, offset, length }) => source.read(offset, length)),
    );
    out.push(...decodeSlice(slice, bytes));
  }
  return out;
}

/** Rows one after the other, each of `cols` values by column. */
function grid(rows: number, cols: number, value: (row: number, col: number) => number): number[] {
  return Array.from({ length: rows * cols }, (_, i) => value(Math.floor(i / cols), i % cols));
}

const HIDDEN = 8;
const INNER = 4;
const EXPERTS = 3;
const HEADS = 2;
const small = {
  vocab_size: 6,
  hidden_size: HIDDEN,
  intermediate_size: INNER,
  num_hidden_layers: 1,
  num_attention_heads: HEADS,
  num_key_value_heads: HEADS,
  num_experts_per_tok: 2,
};
const outer = {
  'model.embed_tokens.weight': [6, HIDDEN],
  'model.norm.weight': [HIDDEN],
  'lm_head.weight': [6, HIDDEN],
};
const norms = {
  'model.layers.0.input_layernorm.weight': [HIDDEN],
  'model.layers.0.post_attention_layernorm.weight': [HIDDEN],
};
const attention = Object.fromEntries(
  ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => [
    `model.layers.0.self_attn.${name}.weight`,
    [HIDDEN, HIDDEN],
  ]),
);

/** The number of a tensor's first value. */
function base({ tensors }: TensorDirectory, name: string): number {
  return [...tensors.keys()].indexOf(name) * 65_536;
}

describe('gpt-oss, whose experts are turned and alternate', () => {
  const mlp = 'model.layers.0.mlp';
  const directory = numbered({
    ...outer,
    ...norms,
    ...attention,
    'model.layers.0.self_attn.sinks': [HEADS],
    [`${mlp}.router.weight`]: [EXPERTS, HIDDEN],
    [`${mlp}.router.bias`]: [EXPERTS],
    [`${mlp}.experts.gate_up_proj`]: [EXPERTS, HIDDEN, 2 * INNER],
    [`${mlp}.experts.gate_up_proj_bias`]: [EXPERTS, 2 * INNER],
    [`${mlp}.experts.down_proj`]: [EXPERTS, INNER, HIDDEN],
    [`${mlp}.experts.down_proj_bias`]: [EXPERTS, HIDDEN],
  });
  const config = {
    ...configOf('gpt-oss-20b', { ...small, num_local_experts: EXPERTS, head_dim: 4 }),
    layer_types: ['full_attention'],
  };
  const { recipes } = specFromConfig(config, directory);
  // gate, up = x @ W[..., ::2], x @ W[..., 1::2]
  const alternating = (row: number): number => (row % (2 * INNER) < INNER ? 0 : 1) + 2 * (row % INNER);

  test('gate and up', async () => {
    const first = base(directory, `${mlp}.experts.gate_up_proj`);
    expect(await read(recipes, '0.expertGateUp', directory)).toEqual(
      grid(EXPERTS * 2 * INNER, HIDDEN, (row, col) => {
        const expert = Math.floor(row / (2 * INNER));
        return first + (expert * HIDDEN + col) * 2 * INNER + alternating(row);
      }),
    );
  });

  test('down', async () => {
    const first = base(directory, `${mlp}.experts.down_proj`);
    expect(await read(recipes, '0.expertDown', directory)).toEqual(
      grid(EXPERTS * HIDDEN, INNER, (row, col) => {
        const expert = Math.floor(row / HIDDEN);
        return first + (expert * INNER + col) * HIDDEN + (row % HIDDEN);
      }),
    );
  });

  test('biases', async () => {
    const gateUp = base(directory, `${mlp}.experts.gate_up_proj_bias`);
    const down = base(directory, `${mlp}.experts.down_proj_bias`);
    expect(await read(recipes, '0.expertGateUpBias', directory)).toEqual(
      grid(
        EXPERTS * 2 * INNER,
        1,
        (row) => gateUp + Math.floor(row / (2 * INNER)) * 2 * INNER + alternating(row),
      ),
    );
    expect(await read(recipes, '0.expertDownBias', directory)).toEqual(
      grid(EXPERTS * HIDDEN, 1, (row) => down + row),
    );
  });
});

test('llama4 has the gate in the first columns of a turned matrix', async () => {
  const ffn = 'model.layers.0.feed_forward';
  const directory = numbered({
    ...outer,
    ...norms,
    ...attention,
    [`${ffn}.router.weight`]: [EXPERTS, HIDDEN],
    [`${ffn}.experts.gate_up_proj`]: [EXPERTS, HIDDEN, 2 * INNER],
    [`${ffn}.experts.down_proj`]: [EXPERTS, INNER, HIDDEN],
    [`${ffn}.shared_expert.gate_proj.weight`]: [INNER, HIDDEN],
    [`${ffn}.shared_expert.up_proj.weight`]: [INNER, HIDDEN],
    [`${ffn}.shared_expert.down_proj.weight`]: [HIDDEN, INNER],
  });
  const config = configOf('Llama-4-Scout-17B-16E', {
    ...small,
    num_local_experts: EXPERTS,
    head_dim: 4,
    rope_scaling: null,
  });
  const { recipes } = specFromConfig(config, directory);
  const first = base(directory, `${ffn}.experts.gate_up_proj`);
  const gate = base(directory, `${ffn}.shared_expert.gate_proj.weight`);
  const up = base(directory, `${ffn}.shared_expert.up_proj.weight`);
  const routed = grid(EXPERTS * 2 * INNER, HIDDEN, (row, col) => {
    const expert = Math.floor(row / (2 * INNER));
    return first + (expert * HIDDEN + col) * 2 * INNER + (row % (2 * INNER));
  });
  const shared = [gate, up].flatMap((start) => grid(INNER, HIDDEN, (row, col) => start + row * HIDDEN + col));
  expect(await read(recipes, '0.expertGateUp', directory)).toEqual([...routed, ...shared]);
});

describe('DeepSeek, whose keys and values share a matrix, and whose shared expert is cut', () => {
  const sizes = {
    kv_lora_rank: 8,
    qk_nope_head_dim: 4,
    qk_rope_head_dim: 4,
    v_head_dim: 4,
    q_lora_rank: null,
  };
  const [rank, nope, value, pieces] = [8, 4, 4, 2];
  const layer = 'model.layers.0';
  const directory = numbered({
    ...outer,
    ...norms,
    [`${layer}.self_attn.q_proj.weight`]: [HEADS * 8, HIDDEN],
    [`${layer}.self_attn.kv_a_proj_with_mqa.weight`]: [rank + 4, HIDDEN],
    [`${layer}.self_attn.kv_a_layernorm.weight`]: [rank],
    [`${layer}.self_attn.kv_b_proj.weight`]: [HEADS * (nope + value), rank],
    [`${layer}.self_attn.o_proj.weight`]: [HIDDEN, HEADS * value],
    [`${layer}.mlp.gate.weight`]: [EXPERTS, HIDDEN],
    ...Object.fromEntries(
      Array.from({ length: EXPERTS }, (_, expert) => [
        [`${layer}.mlp.experts.${expert}.gate_proj.weight`, [INNER, HIDDEN]],
        [`${layer}.mlp.experts.${expert}.up_proj.weight`, [INNER, HIDDEN]],
        [`${layer}.mlp.experts.${expert}.down_proj.weight`, [HIDDEN, INNER]],
      ]).flat(),
    ),
    [`${layer}.mlp.shared_experts.gate_proj.weight`]: [pieces * INNER, HIDDEN],
    [`${layer}.mlp.shared_experts.up_proj.weight`]: [pieces * INNER, HIDDEN],
    [`${layer}.mlp.shared_experts.down_proj.weight`]: [HIDDEN, pieces * INNER],
  });
  const experts = { n_routed_experts: EXPERTS, moe_intermediate_size: INNER, first_k_dense_replace: 0 };
  const { recipes, spec } = specFromConfig(
    configOf('DeepSeek-V2-Lite', { ...small, ...sizes, ...experts }),
    directory,
  );
  const kvB = base(directory, `${layer}.self_attn.kv_b_proj.weight`);

  test('keys are turned, head by head', async () => {
    // k = W_UK c: what q becomes is W_UK^T q, channel r of head h from column r of its rows.
    expect(await read(recipes, '0.kvK', directory)).toEqual(
      grid(HEADS * rank, nope, (row, col) => {
        const head = Math.floor(row / rank);
        return kvB + (head * (nope + value) + col) * rank + (row % rank);
      }),
    );
  });

  test('values are not', async () => {
    expect(await read(recipes, '0.kvV', directory)).toEqual(
      grid(HEADS * value, rank, (row, col) => {
        const head = Math.floor(row / value);
        return kvB + (head * (nope + value) + nope + (row % value)) * rank + col;
      }),
    );
  });

  test('the shared expert lies behind the others in two pieces', async () => {
    const ffn = spec.layers[0]!.ffn;
    expect(ffn.kind === 'moe' && ffn.shared).toEqual({ inner: 8, pooled: 2, gated: false });
    const place = (name: string) => base(directory, `${layer}.mlp.shared_experts.${name}_proj.weight`);
    const gateUp = await read(recipes, '0.expertGateUp', directory);
    expect(gateUp.slice(EXPERTS * 2 * INNER * HIDDEN)).toEqual(
      grid(pieces * 2 * INNER, HIDDEN, (row, col) => {
        const piece = Math.floor(row / (2 * INNER));
        const start = row % (2 * INNER) < INNER ? place('gate') : place('up');
        return start + (piece * INNER + (row % INNER)) * HIDDEN + col;
      }),
    );
    const down = await read(recipes, '0.expertDown', directory);
    expect(down.slice(EXPERTS * HIDDEN * INNER)).toEqual(
      grid(pieces * HIDDEN, INNER, (row, col) => {
        const piece = Math.floor(row / HIDDEN);
        return place('down') + (row % HIDDEN) * pieces * INNER + piece * INNER + col;
      }),
    );
  });
});

test('stacks of GGUF are read block by block, and a gate of one row joins the router', async () => {
  const tensors: readonly RecordedTensor[] = [
    { name: 'token_embd.weight', shape: [6, HIDDEN] },
    { name: 'output_norm.weight', shape: [HIDDEN] },
    ...['q', 'k', 'v', 'output'].map((name) => ({
      name: `blk.0.attn_${name}.weight`,
      shape: [HIDDEN, HIDDEN],
    })),
    ...['attn_norm', 'ffn_norm', 'ffn_gate_inp_shexp'].map((name) => ({
      name: `blk.0.${name}.weight`,
      shape: [HIDDEN],
    })),
    { name: 'blk.0.ffn_gate_inp.weight', shape: [EXPERTS, HIDDEN] },
    { name: 'blk.0.ffn_gate_exps.weight', shape: [EXPERTS, INNER, HIDDEN] },
    { name: 'blk.0.ffn_up_exps.weight', shape: [EXPERTS, INNER, HIDDEN] },
    { name: 'blk.0.ffn_down_exps.weight', shape: [EXPERTS, HIDDEN, INNER] },
    { name: 'blk.0.ffn_gate_shexp.weight', shape: [INNER, HIDDEN] },
    { name: 'blk.0.ffn_up_shexp.weight', shape: [INNER, HIDDEN] },
    { name: 'blk.0.ffn_down_shexp.weight', shape: [HIDDEN, INNER] },
  ];
  const directory = numbered(Object.fromEntries(tensors.map(({ name, shape }) => [name, shape])));
  const qwen = recordedModel('Qwen1.5-MoE-A2.7B');
  const told = {
    embedding_length: HIDDEN,
    'attention.head_count': HEADS,
    'attention.head_count_kv': HEADS,
    'attention.key_length': 4,
    'attention.value_length': 4,
    expert_count: EXPERTS,
    expert_feed_forward_length: INNER,
    expert_used_count: 2,
    expert_shared_feed_forward_length: INNER,
  };
  const metadata = Object.fromEntries(Object.entries(told).map(([key, value]) => [`qwen2moe.${key}`, value]));
  const { recipes } = await specFromGguf({ ...ggufMetadata(qwen), ...metadata }, directory);
  const [gate, up] = ['gate', 'up'].map((name) => base(directory, `blk.0.ffn_${name}_exps.weight`));
  const routed = grid(EXPERTS * 2 * INNER, HIDDEN, (row, col) => {
    const expert = Math.floor(row / (2 * INNER));
    const start = row % (2 * INNER) < INNER ? gate! : up!;
    return start + (expert * INNER + (row % INNER)) * HIDDEN + col;
  });
  expect((await read(recipes, '0.expertGateUp', directory)).slice(0, routed.length)).toEqual(routed);
  const router = base(directory, 'blk.0.ffn_gate_inp.weight');
  const own = base(directory, 'blk.0.ffn_gate_inp_shexp.weight');
  expect(await read(recipes, '0.router', directory)).toEqual(
    grid(EXPERTS + 1, HIDDEN, (row, col) => (row < EXPERTS ? router + row * HIDDEN : own) + col),
  );
});
