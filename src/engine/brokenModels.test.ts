/**
 * Models that cannot be run, as they are met: each is refused with words that name
 * the tensor, the key or the file, and leaves nothing behind.
 */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, type FailureCode } from '../base/failure.ts';
import { createMemoryStore, fileSource, type RecordStore } from '../storage/index.ts';
import { renameTensor, setNumber, setSlices } from '../tools/ggufEdits.ts';
import {
  changeConfig,
  changeTensors,
  type Folder,
  hfFolder,
  setText,
  shard,
  tensorOf,
} from '../tools/hfFolder.ts';
import { wordsFor } from '../ui/words.ts';
import { importModel } from './importModel.ts';

interface Broken {
  readonly what: string;
  readonly fixture: string;
  readonly change: (folder: Folder) => void;
  readonly code: FailureCode;
  /** What the page says of it has these words. */
  readonly named: readonly string[];
}

const layer = 'model.layers.1.';
const gateOf = (expert: number): string => `${layer}mlp.experts.${expert}.gate_proj.weight`;
const router = `${layer}mlp.gate.weight`;
const stack = `${layer}mlp.experts.gate_up_proj`;
const fp8 = `${layer}mlp.experts.3.up_proj.weight`;
const gptq = `${layer}block_sparse_moe.experts.1.w2`;

const BROKEN: readonly Broken[] = [
  {
    what: 'an expert is missing',
    fixture: 'qwen3_moe',
    change: (folder) => changeTensors(folder, (tensors) => void tensors.delete(gateOf(7))),
    code: 'MISSING_TENSOR',
    named: [gateOf(7)],
  },
  {
    what: 'the last expert is missing as a whole',
    fixture: 'qwen3_moe',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        for (const name of tensors.keys()) if (name.includes('.experts.8.')) tensors.delete(name);
      }),
    code: 'MISSING_TENSOR',
    named: ['model.layers.0.mlp.experts.8.'],
  },
  {
    what: 'the router is missing',
    fixture: 'qwen3_moe',
    change: (folder) => changeTensors(folder, (tensors) => void tensors.delete(router)),
    code: 'MISSING_TENSOR',
    named: [router],
  },
  {
    what: 'the router knows fewer experts',
    fixture: 'qwen3_moe',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        const { dtype, bytes } = tensorOf(tensors, router);
        tensors.set(router, { dtype, shape: [8, 36], bytes: bytes.subarray(0, 8 * 36 * 2) });
      }),
    code: 'BAD_DIMENSIONS',
    named: [router, '8 × 36', '9 × 36'],
  },
  {
    what: 'the router is turned',
    fixture: 'qwen3_moe',
    change: (folder) =>
      changeTensors(folder, (tensors) =>
        tensors.set(router, { ...tensorOf(tensors, router), shape: [36, 9] }),
      ),
    code: 'BAD_DIMENSIONS',
    named: [router, '36 × 9'],
  },
  {
    what: 'the stack of gate and up has too few experts',
    fixture: 'qwen3_moe-fused',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        const { dtype, bytes } = tensorOf(tensors, stack);
        tensors.set(stack, { dtype, shape: [8, 24, 36], bytes: bytes.subarray(0, 8 * 24 * 36 * 2) });
      }),
    code: 'BAD_DIMENSIONS',
    named: [stack, '192 × 36', '216 × 36'],
  },
  {
    what: 'one expert is stored as another type',
    fixture: 'qwen3_moe',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        const { shape } = tensorOf(tensors, gateOf(4));
        tensors.set(gateOf(4), { dtype: 'F32', shape, bytes: new Uint8Array(12 * 36 * 4) });
      }),
    code: 'UNSUPPORTED_TYPE',
    named: [gateOf(4), 'F32'],
  },
  {
    what: 'one expert is stored as a type that is not read',
    fixture: 'qwen3_moe',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        for (const name of tensors.keys()) {
          if (!name.includes('.experts.')) continue;
          const { shape, bytes } = tensorOf(tensors, name);
          tensors.set(name, { dtype: 'I8', shape, bytes: bytes.subarray(0, bytes.length / 2) });
        }
      }),
    code: 'UNSUPPORTED_TYPE',
    named: ['model.layers.0.mlp.experts.', 'I8'],
  },
  {
    what: 'more experts are chosen than there are',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { num_experts_per_tok: 10 }),
    code: 'BAD_DIMENSIONS',
    named: ['num_experts_per_tok', '10'],
  },
  {
    what: 'no expert is chosen',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { num_experts_per_tok: 0 }),
    code: 'BAD_DIMENSIONS',
    named: ['num_experts_per_tok'],
  },
  {
    what: 'there are fewer experts than the router knows',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { num_experts: 8 }),
    code: 'BAD_DIMENSIONS',
    named: ['mlp.gate.weight'],
  },
  {
    what: 'the experts are wider than their weights',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { moe_intermediate_size: 16 }),
    code: 'BAD_DIMENSIONS',
    named: ['mlp.experts.0.gate_proj.weight'],
  },
  {
    what: 'an index names a shard that is not there',
    fixture: 'qwen3_moe',
    change: (folder) => {
      shard(folder, 3);
      folder.delete('model-00002-of-00003.safetensors');
    },
    code: 'MISSING_PART',
    named: ['model-00002-of-00003.safetensors'],
  },
  {
    what: 'an index names a tensor that no shard holds',
    fixture: 'qwen3_moe',
    change: (folder) => {
      changeTensors(folder, (tensors) => tensors.set('stray', tensorOf(tensors, gateOf(7))));
      const full = new Map(folder);
      shard(full, 2);
      changeTensors(folder, (tensors) => void tensors.delete('stray'));
      shard(folder, 2);
      folder.set('model.safetensors.index.json', full.get('model.safetensors.index.json')!);
    },
    code: 'MISSING_TENSOR',
    named: ['stray'],
  },
  {
    what: 'an index maps nothing',
    fixture: 'qwen3_moe',
    change: (folder) => {
      shard(folder, 2);
      setText(folder, 'model.safetensors.index.json', '{"weight_map": 5}');
    },
    code: 'FILE_CORRUPT',
    named: ['model.safetensors.index.json'],
  },
  {
    what: 'a shard is cut',
    fixture: 'qwen3_moe',
    change: (folder) => {
      shard(folder, 3);
      const name = 'model-00003-of-00003.safetensors';
      folder.set(name, folder.get(name)!.slice(0, -100));
    },
    code: 'FILE_TRUNCATED',
    named: ['model-00003-of-00003.safetensors'],
  },
  {
    what: 'config.json is of an unknown family',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { model_type: 'jamba' }),
    code: 'UNSUPPORTED_FAMILY',
    named: ['jamba'],
  },
  {
    what: 'config.json is of a family without experts here',
    fixture: 'qwen3_moe',
    change: (folder) => changeConfig(folder, { model_type: 'qwen3' }),
    code: 'UNSUPPORTED_FAMILY',
    named: ['qwen3', 'with experts'],
  },
  {
    what: 'config.json is missing',
    fixture: 'qwen3_moe',
    change: (folder) => void folder.delete('config.json'),
    code: 'MISSING_PART',
    named: ['config.json'],
  },
  {
    what: 'config.json is no JSON',
    fixture: 'qwen3_moe',
    change: (folder) => setText(folder, 'config.json', '{"model_type":'),
    code: 'FILE_CORRUPT',
    named: ['config.json'],
  },
  {
    what: 'the tokenizer is missing',
    fixture: 'qwen3_moe',
    change: (folder) => void folder.delete('tokenizer.json'),
    code: 'MISSING_PART',
    named: ['tokenizer.json'],
  },
  {
    what: 'the quantisation is one that is not read',
    fixture: 'mixtral-gptq',
    change: (folder) => changeConfig(folder, { quantization_config: { quant_method: 'aqlm', bits: 2 } }),
    code: 'UNSUPPORTED_TYPE',
    named: ['aqlm'],
  },
  {
    what: 'GPTQ reordered its inputs (act-order)',
    fixture: 'mixtral-gptq',
    change: (folder) =>
      changeTensors(folder, (tensors) => {
        const { dtype, shape } = tensorOf(tensors, `${gptq}.g_idx`);
        const order = Int32Array.from({ length: 64 }, (_, i) => i % 2);
        tensors.set(`${gptq}.g_idx`, { dtype, shape, bytes: new Uint8Array(order.buffer) });
      }),
    code: 'UNSUPPORTED_TYPE',
    named: [`${gptq}.weight`, 'desc_act'],
  },
  {
    what: 'FP8 scales have the wrong shape',
    fixture: 'deepseek_v3-fp8',
    change: (folder) =>
      changeTensors(folder, (tensors) =>
        tensors.set(`${fp8}_scale_inv`, { dtype: 'F32', shape: [1, 3], bytes: new Uint8Array(12) }),
      ),
    code: 'BAD_DIMENSIONS',
    named: [`${fp8}_scale_inv`, '[1, 3]', '1 × 2'],
  },
  {
    what: 'FP8 scales are missing',
    fixture: 'deepseek_v3-fp8',
    change: (folder) => changeTensors(folder, (tensors) => void tensors.delete(`${fp8}_scale_inv`)),
    code: 'MISSING_TENSOR',
    named: [`${fp8}_scale_inv`],
  },
];

type StoredModels = Awaited<ReturnType<RecordStore['listManifests']>>;

/** One with stacks of nine experts, three chosen. */
const GGUF = new URL('../graph/fixtures/qwen3_moe/model.gguf', import.meta.url);

interface BrokenFile extends Pick<Broken, 'what' | 'code' | 'named'> {
  readonly change: (bytes: Buffer) => Buffer | void;
}

const BROKEN_FILES: readonly BrokenFile[] = [
  {
    what: 'more experts are chosen than there are',
    change: (bytes) => setNumber(bytes, 'qwen3moe.expert_used_count', 10),
    code: 'BAD_DIMENSIONS',
    named: ['qwen3moe.expert_used_count', '10'],
  },
  {
    what: 'there are fewer experts than the router knows',
    change: (bytes) => setNumber(bytes, 'qwen3moe.expert_count', 8),
    code: 'BAD_DIMENSIONS',
    named: ['blk.0.ffn_gate_inp.weight', '9 × 36', '8 × 36'],
  },
  {
    what: 'a stack has too few experts',
    change: (bytes) => setSlices(bytes, 'blk.1.ffn_gate_exps.weight', 8),
    code: 'BAD_DIMENSIONS',
    named: ['blk.1.ffn_gate_exps.weight', '96 × 36', '108 × 36'],
  },
  {
    what: 'a stack is missing',
    change: (bytes) => renameTensor(bytes, 'blk.1.ffn_down_exps.weight', 'blk.1.ffn_down_expx.weight'),
    code: 'MISSING_TENSOR',
    named: ['blk.1.ffn_down_exps.weight'],
  },
  {
    what: 'the last experts are cut off',
    change: (bytes) => bytes.subarray(0, bytes.length - 20_000),
    code: 'FILE_TRUNCATED',
    named: ['model.gguf'],
  },
];

let store: RecordStore;
let before: StoredModels;
beforeEach(async () => {
  store = createMemoryStore();
  await run(hfFolder('olmoe'));
  before = await store.listManifests();
  expect(before.ready).toHaveLength(1);
});

function run(folder: Folder): Promise<unknown> {
  const files = [...folder].map(([name, content]) => fileSource(new File([content], name)));
  return importModel({
    store,
    open: () => Promise.resolve(files),
    origin: 'file:model.safetensors',
    weights: 'keep',
    signal: new AbortController().signal,
    recordBytes: 64 * 1024,
    onProgress: () => undefined,
  });
}

async function refusal(folder: Folder): Promise<AppError> {
  const error: unknown = await run(folder).then(
    () => expect.unreachable('it was imported'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

async function expectRefused(folder: Folder, { code, named }: Pick<Broken, 'code' | 'named'>): Promise<void> {
  const written = vi.spyOn(store, 'write');
  const { message, detail, ...error } = await refusal(folder);
  expect(error.code).toBe(code);
  const { happened } = wordsFor({ code: error.code, message, detail }, 'model.safetensors');
  for (const word of named) expect(happened).toContain(word);

  expect(await store.listManifests()).toEqual(before);
  for (const [model, record] of written.mock.calls) expect(await store.has(model, record)).toBe(false);
  const [{ id, records }] = before.ready as [StoredModels['ready'][number]];
  for (const record of records.keys()) await store.read(id, record);
}

describe('a folder in which', () => {
  it.each(BROKEN)('$what', async ({ fixture, change, ...words }) => {
    const folder = hfFolder(fixture);
    change(folder);
    await expectRefused(folder, words);
  });

  it('all is well', async () => {
    for (const fixture of new Set(BROKEN.map((one) => one.fixture))) await run(hfFolder(fixture));
    expect((await store.listManifests()).ready).toHaveLength(5);
  });
});

describe('a GGUF file in which', () => {
  it.each(BROKEN_FILES)('$what', async ({ change, ...words }) => {
    const bytes = readFileSync(GGUF);
    const changed = new Uint8Array(change(bytes) ?? bytes);
    await expectRefused(new Map([['model.gguf', changed]]), words);
  });

  it('all is well', async () => {
    await run(new Map([['model.gguf', new Uint8Array(readFileSync(GGUF))]]));
    expect((await store.listManifests()).ready).toHaveLength(2);
  });
});
