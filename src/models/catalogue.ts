/**
 * Models worth having, which this page's engine runs: data, as published.
 *
 * Checked on 2026-11-24. Shapes, context and licences from the publishers' config.json
 * and model cards; `downloadBytes` is the file's size where the repository or several
 * who pinned the file state it (`exact`), else it follows from shapes and types. The
 * other figures are this project's arithmetic on the shapes: `catalogue.test.ts` holds
 * every number here to it.
 *
 * Left out: Gemma, Llama and LFM2, DeepSeek-V2-Lite and Qwen1.5-MoE, whose licences
 * restrict use; Moonlight, whose tokenizer is not read yet. All of them may be added by
 * their repository.
 */

export interface CatalogueModel {
  readonly id: CatalogueId;
  readonly title: string;
  /** Who trained it. */
  readonly publisher: string;
  /** SPDX. */
  readonly license: 'Apache-2.0' | 'MIT';
  /** Of the hub, and the file there. */
  readonly repo: string;
  readonly path: string;
  readonly quantisation: string;
  readonly parameters: number;
  /** Parameters a token uses: all of them where the model is dense. */
  readonly active: number;
  readonly contextLength: number;
  readonly downloadBytes: number;
  readonly exact: boolean;
  /** Once repacked: on this device, and on the GPU. */
  readonly storedBytes: number;
  /** Of a cache in 16 bits. */
  readonly kvBytesPerToken: number;
  readonly experts: { readonly layers: number; readonly experts: number; readonly topK: number } | null;
}

export type CatalogueId =
  | 'qwen3-30b-a3b'
  | 'qwen3-coder-30b-a3b'
  | 'glm-4.7-flash'
  | 'gpt-oss-20b'
  | 'olmoe-1b-7b'
  | 'granite-3b-a800m'
  | 'granite-1b-a400m'
  | 'deepseek-r1-qwen3-8b'
  | 'qwen3-8b'
  | 'qwen3-4b'
  | 'smollm3-3b'
  | 'qwen3-1.7b'
  | 'smollm2-1.7b'
  | 'qwen3-0.6b'
  | 'smollm2-360m'
  | 'smollm2-135m';

/** Mixtures of experts first, each from the largest to the smallest. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'qwen3-30b-a3b',
    title: 'Qwen3 30B-A3B Instruct 2507',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF',
    path: 'Qwen3-30B-A3B-Instruct-2507-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 30_500_000_000,
    active: 3_300_000_000,
    contextLength: 262_144,
    downloadBytes: 18_556_700_000,
    exact: false,
    storedBytes: 20_280_000_000,
    kvBytesPerToken: 98_304,
    experts: { layers: 48, experts: 128, topK: 8 },
  },
  {
    id: 'qwen3-coder-30b-a3b',
    title: 'Qwen3 Coder 30B-A3B',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF',
    path: 'Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 30_500_000_000,
    active: 3_300_000_000,
    contextLength: 262_144,
    downloadBytes: 18_556_689_568,
    exact: true,
    storedBytes: 20_280_000_000,
    kvBytesPerToken: 98_304,
    experts: { layers: 48, experts: 128, topK: 8 },
  },
  {
    id: 'glm-4.7-flash',
    title: 'GLM-4.7 Flash',
    publisher: 'Z.ai',
    license: 'MIT',
    repo: 'unsloth/GLM-4.7-Flash-GGUF',
    path: 'GLM-4.7-Flash-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 30_000_000_000,
    active: 3_000_000_000,
    contextLength: 202_752,
    downloadBytes: 18_312_339_776,
    exact: true,
    storedBytes: 19_800_000_000,
    kvBytesPerToken: 54_144,
    experts: { layers: 46, experts: 64, topK: 4 },
  },
  {
    id: 'gpt-oss-20b',
    title: 'gpt-oss 20B',
    publisher: 'OpenAI',
    license: 'Apache-2.0',
    repo: 'ggml-org/gpt-oss-20b-GGUF',
    path: 'gpt-oss-20b-mxfp4.gguf',
    quantisation: 'MXFP4',
    parameters: 20_900_000_000,
    active: 3_600_000_000,
    contextLength: 131_072,
    downloadBytes: 12_109_566_560,
    exact: true,
    storedBytes: 12_100_000_000,
    kvBytesPerToken: 49_152,
    experts: { layers: 24, experts: 32, topK: 4 },
  },
  {
    id: 'olmoe-1b-7b',
    title: 'OLMoE 1B-7B 0125 Instruct',
    publisher: 'Ai2',
    license: 'Apache-2.0',
    repo: 'allenai/OLMoE-1B-7B-0125-Instruct-GGUF',
    path: 'OLMoE-1B-7B-0125-Instruct-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 6_900_000_000,
    active: 1_300_000_000,
    contextLength: 4096,
    downloadBytes: 4_213_512_192,
    exact: true,
    storedBytes: 4_613_000_000,
    kvBytesPerToken: 131_072,
    experts: { layers: 16, experts: 64, topK: 8 },
  },
  {
    id: 'granite-3b-a800m',
    title: 'Granite 3.1 3B-A800M',
    publisher: 'IBM',
    license: 'Apache-2.0',
    repo: 'bartowski/granite-3.1-3b-a800m-instruct-GGUF',
    path: 'granite-3.1-3b-a800m-instruct-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 3_300_000_000,
    active: 800_000_000,
    contextLength: 131_072,
    downloadBytes: 2_017_000_000,
    exact: false,
    storedBytes: 2_210_000_000,
    kvBytesPerToken: 65_536,
    experts: { layers: 32, experts: 40, topK: 8 },
  },
  {
    id: 'granite-1b-a400m',
    title: 'Granite 3.1 1B-A400M',
    publisher: 'IBM',
    license: 'Apache-2.0',
    repo: 'bartowski/granite-3.1-1b-a400m-instruct-GGUF',
    path: 'granite-3.1-1b-a400m-instruct-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 1_300_000_000,
    active: 400_000_000,
    contextLength: 131_072,
    downloadBytes: 821_847_360,
    exact: true,
    storedBytes: 903_400_000,
    kvBytesPerToken: 49_152,
    experts: { layers: 24, experts: 32, topK: 8 },
  },
  {
    id: 'deepseek-r1-qwen3-8b',
    title: 'DeepSeek R1 0528 Qwen3 8B',
    publisher: 'DeepSeek',
    license: 'MIT',
    repo: 'unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF',
    path: 'DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 8_200_000_000,
    active: 8_200_000_000,
    contextLength: 131_072,
    downloadBytes: 5_027_800_000,
    exact: false,
    storedBytes: 5_538_000_000,
    kvBytesPerToken: 147_456,
    experts: null,
  },
  {
    id: 'qwen3-8b',
    title: 'Qwen3 8B',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'Qwen/Qwen3-8B-GGUF',
    path: 'Qwen3-8B-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 8_200_000_000,
    active: 8_200_000_000,
    contextLength: 40_960,
    downloadBytes: 5_027_783_488,
    exact: true,
    storedBytes: 5_538_000_000,
    kvBytesPerToken: 147_456,
    experts: null,
  },
  {
    id: 'qwen3-4b',
    title: 'Qwen3 4B Instruct 2507',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF',
    path: 'Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 4_000_000_000,
    active: 4_000_000_000,
    contextLength: 262_144,
    downloadBytes: 2_497_280_736,
    exact: true,
    storedBytes: 2_768_000_000,
    kvBytesPerToken: 147_456,
    experts: null,
  },
  {
    id: 'smollm3-3b',
    title: 'SmolLM3 3B',
    publisher: 'Hugging Face',
    license: 'Apache-2.0',
    repo: 'ggml-org/SmolLM3-3B-GGUF',
    path: 'SmolLM3-Q4_K_M.gguf',
    quantisation: 'Q4_K_M',
    parameters: 3_100_000_000,
    active: 3_100_000_000,
    contextLength: 65_536,
    downloadBytes: 1_915_305_312,
    exact: true,
    storedBytes: 2_122_000_000,
    kvBytesPerToken: 73_728,
    experts: null,
  },
  {
    id: 'qwen3-1.7b',
    title: 'Qwen3 1.7B',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'Qwen/Qwen3-1.7B-GGUF',
    path: 'Qwen3-1.7B-Q8_0.gguf',
    quantisation: 'Q8_0',
    parameters: 1_700_000_000,
    active: 1_700_000_000,
    contextLength: 40_960,
    downloadBytes: 1_834_426_016,
    exact: true,
    storedBytes: 1_828_000_000,
    kvBytesPerToken: 114_688,
    experts: null,
  },
  {
    id: 'smollm2-1.7b',
    title: 'SmolLM2 1.7B Instruct',
    publisher: 'Hugging Face',
    license: 'Apache-2.0',
    repo: 'HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF',
    path: 'smollm2-1.7b-instruct-q4_k_m.gguf',
    quantisation: 'Q4_K_M',
    parameters: 1_700_000_000,
    active: 1_700_000_000,
    contextLength: 8192,
    downloadBytes: 1_055_609_536,
    exact: true,
    storedBytes: 1_166_000_000,
    kvBytesPerToken: 196_608,
    experts: null,
  },
  {
    id: 'qwen3-0.6b',
    title: 'Qwen3 0.6B',
    publisher: 'Alibaba',
    license: 'Apache-2.0',
    repo: 'Qwen/Qwen3-0.6B-GGUF',
    path: 'Qwen3-0.6B-Q8_0.gguf',
    quantisation: 'Q8_0',
    parameters: 600_000_000,
    active: 600_000_000,
    contextLength: 40_960,
    downloadBytes: 639_446_688,
    exact: true,
    storedBytes: 633_500_000,
    kvBytesPerToken: 114_688,
    experts: null,
  },
  {
    id: 'smollm2-360m',
    title: 'SmolLM2 360M Instruct',
    publisher: 'Hugging Face',
    license: 'Apache-2.0',
    repo: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF',
    path: 'smollm2-360m-instruct-q8_0.gguf',
    quantisation: 'Q8_0',
    parameters: 360_000_000,
    active: 360_000_000,
    contextLength: 8192,
    downloadBytes: 386_404_992,
    exact: true,
    storedBytes: 384_600_000,
    kvBytesPerToken: 40_960,
    experts: null,
  },
  {
    id: 'smollm2-135m',
    title: 'SmolLM2 135M Instruct',
    publisher: 'Hugging Face',
    license: 'Apache-2.0',
    repo: 'bartowski/SmolLM2-135M-Instruct-GGUF',
    path: 'SmolLM2-135M-Instruct-Q8_0.gguf',
    quantisation: 'Q8_0',
    parameters: 135_000_000,
    active: 135_000_000,
    contextLength: 8192,
    downloadBytes: 144_800_000,
    exact: false,
    storedBytes: 143_000_000,
    kvBytesPerToken: 23_040,
    experts: null,
  },
];

/** What to take where all of it fits, best first: models that answer at once rather than think at length. */
export const RECOMMENDED: readonly CatalogueId[] = [
  'qwen3-30b-a3b',
  'gpt-oss-20b',
  'qwen3-4b',
  'granite-3b-a800m',
  'granite-1b-a400m',
  'smollm2-360m',
  'smollm2-135m',
];
