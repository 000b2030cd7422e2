/** What the fake worker says there is: models, this device, its kernels. */
import { GUIDE_TITLE } from '../../src/base/guide.ts';
import { GUIDE_ID, type DeviceReport, type ModelCard, type SelfTestCase } from '../../src/protocol/api.ts';

export const GUIDE: ModelCard = {
  id: GUIDE_ID,
  title: GUIDE_TITLE,
  family: 'deepseek_v3',
  origin: 'built in',
  license: 'mit',
  quantisation: 'FP8',
  bytes: 4_537_000,
  contextLength: 512,
  state: 'ready',
  doneBytes: 4_537_000,
  resumable: false,
  builtIn: true,
  kvBytesPerToken: 1600,
  experts: { layers: 4, experts: 16, topK: 2 },
};

const CARD: ModelCard = {
  id: 'smol',
  title: 'SmolLM2 135M Instruct',
  family: 'llama',
  origin: 'file:smollm2-135m-instruct-q4_1.gguf',
  license: 'apache-2.0',
  quantisation: 'Q4_1',
  bytes: 98_362_432,
  contextLength: 8192,
  state: 'ready',
  doneBytes: 98_362_432,
  resumable: false,
  kvBytesPerToken: 46_080,
  experts: null,
};

export const LARGE: ModelCard = {
  ...CARD,
  id: 'qwen',
  title: 'Qwen3 4B Instruct 2507',
  family: 'qwen3',
  origin: 'hub:Qwen/Qwen3-4B-Instruct-2507-GGUF/Qwen3-4B-Instruct-2507-Q4_K_M.gguf',
  quantisation: 'Q4_K_M',
  bytes: 4_100_000_000,
  doneBytes: 4_100_000_000,
  contextLength: 262_144,
  kvBytesPerToken: 147_456,
};

const PARTIAL: ModelCard = {
  ...LARGE,
  id: 'half',
  state: 'partial',
  doneBytes: 1_200_000_000,
  resumable: true,
};

const PARTIAL_FILE: ModelCard = {
  ...PARTIAL,
  id: 'half-file',
  origin: 'file:qwen3-4b.gguf',
  resumable: false,
};

/** A mixture of experts of a published shape. */
const MIXTURE: ModelCard = {
  ...LARGE,
  id: 'olmoe',
  title: 'OLMoE 1B 7B Instruct',
  family: 'olmoe',
  origin: 'hub:allenai/OLMoE-1B-7B-0125-Instruct/model.safetensors.index.json',
  quantisation: 'BF16 → q4',
  contextLength: 4096,
  kvBytesPerToken: 131_072,
  experts: { layers: 16, experts: 64, topK: 8 },
};

/** Further published shapes: many layers, and twice as many experts. */
const TALL: ModelCard = {
  ...MIXTURE,
  id: 'deepseek',
  title: 'DeepSeek V2 Lite Chat',
  family: 'deepseek_v2',
  experts: { layers: 27, experts: 64, topK: 6 },
};
const WIDE: ModelCard = {
  ...MIXTURE,
  id: 'qwen-moe',
  title: 'Qwen3 30B A3B Instruct',
  family: 'qwen3_moe',
  experts: { layers: 48, experts: 128, topK: 8 },
};

/** By the name the address gives; the guide is there beside them all. */
export const STORED: Readonly<Record<string, readonly ModelCard[]>> = {
  one: [CARD],
  many: [CARD, LARGE, PARTIAL],
  partial: [PARTIAL],
  unfinishedFile: [PARTIAL_FILE],
  experts: [MIXTURE],
  tall: [TALL],
  wide: [WIDE],
};

export const DEVICE: DeviceReport = {
  vendor: 'nvidia',
  architecture: 'ada',
  description: 'NVIDIA GeForce RTX 4070',
  software: false,
  features: ['shader-f16', 'subgroups', 'timestamp-query'],
  maxBufferBytes: 4_294_967_296,
  maxBindingBytes: 2_147_483_644,
  limits: {
    maxBufferSize: 4_294_967_296,
    maxStorageBufferBindingSize: 2_147_483_644,
    maxStorageBuffersPerShaderStage: 10,
    maxComputeWorkgroupStorageSize: 49_152,
    maxComputeInvocationsPerWorkgroup: 1024,
  },
  kernelShape: 'hardware',
  kernelShapes: [
    { shape: 'hardware', passed: true, words: '', ms: 0.011 },
    { shape: 'software', passed: true, words: '', ms: 0.094 },
  ],
};

const KERNELS = ['matvec', 'matmul', 'attention', 'router', 'experts', 'sample'];

/** Two cases of each kernel; one needs a feature this device lacks, those of `failing` are wrong. */
export function selfTestCases(failing: string, quick: boolean): readonly SelfTestCase[] {
  const sizes = quick ? ['odd sizes'] : ['odd sizes', 'a real size'];
  const cases = KERNELS.flatMap((kernel) =>
    sizes.map((name) => ({
      kernel,
      name,
      verdict: kernel === failing ? ('failed' as const) : ('passed' as const),
      words: kernel === failing ? 'off by 0.3 where 0.001 is allowed' : '',
      ms: 2,
    })),
  );
  return [
    ...cases,
    { kernel: 'matvec', name: 'cooperative matrices', verdict: 'skipped', words: 'not offered here', ms: 0 },
  ];
}
