/** Many draws in one go: the kernel draws what the distribution says, and the same whatever the submit depth. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStepArena, encodeSteps, type BufferRange, type Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { createKernelRecorder } from './record.ts';
import { packSettings, sample, scratchWords } from './sample.ts';
import { distribution, type SampleSettings } from './samplePlain.ts';

const NEUTRAL: SampleSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};
const DRAWS = 4096;
const PER_SUBMIT = 512;

let gpu: Gpu;

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => gpu.dispose());

/** Ids at timeline positions 1..DRAWS, `perSubmit` steps at a time. Penalties are off, so counts do not matter. */
async function drawMany(
  logits: Float32Array<ArrayBuffer>,
  settings: SampleSettings,
  seedOf: (draw: number) => number,
  perSubmit = PER_SUBMIT,
): Promise<number[]> {
  const vocab = logits.length;
  const recorder = createKernelRecorder(gpu);
  const arena = createStepArena(gpu, perSubmit);
  const owned: GPUBuffer[] = [];
  const range = (
    words: number,
    usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  ): BufferRange => {
    const buffer = gpu.memory.buffer('draws', words * 4, usage);
    owned.push(buffer);
    return { buffer, offset: 0, size: buffer.size };
  };
  const buffers = {
    logits: range(vocab),
    counts: range(vocab),
    settings: range(8),
    timeline: range(DRAWS + 1),
    scratch: range(scratchWords(vocab)),
  };
  const staging = range(DRAWS + 1, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST).buffer;
  try {
    gpu.device.queue.writeBuffer(buffers.logits.buffer, 0, logits);
    gpu.device.queue.writeBuffer(buffers.settings.buffer, 0, packSettings(settings));
    const dispatch = await recorder.dispatch(sample({ shape: 'software' }), { vocab }, buffers);
    for (let first = 0; first < DRAWS; first += perSubmit) {
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < perSubmit; i++) {
        arena.write(i, { position: first + i, tokens: 1, seed: seedOf(first + i) });
        encodeSteps(pass, [dispatch], 1, arena, i);
      }
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
    }
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffers.timeline.buffer, 0, staging, 0, (DRAWS + 1) * 4);
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return Array.from(new Uint32Array(staging.getMappedRange(), 4, DRAWS));
  } finally {
    recorder.dispose();
    arena.dispose();
    for (const buffer of owned) gpu.memory.free(buffer);
  }
}

function chiSquare(
  ids: readonly number[],
  logits: Float32Array<ArrayBuffer>,
  settings: SampleSettings,
): { chi: number; strays: number } {
  const expected = new Map(
    distribution(logits, [], settings).map(({ id, probability }) => [id, probability * ids.length]),
  );
  const seen = new Map<number, number>();
  for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1);
  const strays = [...seen.keys()].filter((id) => !expected.has(id)).length;
  const chi = [...expected].reduce((sum, [id, want]) => sum + ((seen.get(id) ?? 0) - want) ** 2 / want, 0);
  return { chi, strays };
}

/** 16 tokens, the likeliest not first, two of them equal. */
const LOGITS = Float32Array.from({ length: 16 }, (_, i) => (i === 11 ? 1.5 : Math.sin(i * 2.4) * 1.2));
LOGITS[3] = LOGITS[9]!;

test.each([
  { title: 'softmax', settings: NEUTRAL, limit: 37.7 }, // chi-square, 15 degrees, p = 0.001
  { title: 'temperature', settings: { ...NEUTRAL, temperature: 1.7 }, limit: 37.7 },
  { title: 'top-k 6', settings: { ...NEUTRAL, topK: 6 }, limit: 20.5 }, // 5 degrees
])('$title: 4096 draws over seeds', async ({ settings, limit }) => {
  const ids = await drawMany(LOGITS, settings, (draw) => draw * 7 + 1);
  const { chi, strays } = chiSquare(ids, LOGITS, settings);
  expect(strays).toBe(0);
  expect(chi).toBeLessThan(limit);
});

test('4096 draws along one timeline, and the same ids whatever the submit depth', async () => {
  const settings = { ...NEUTRAL, topP: 0.9 };
  const ids = await drawMany(LOGITS, settings, () => 42);
  const kept = distribution(LOGITS, [], settings).length;
  const { chi, strays } = chiSquare(ids, LOGITS, settings);
  expect(strays).toBe(0);
  expect(chi).toBeLessThan(kept + 3.7 * Math.sqrt(2 * kept)); // above the 0.001 point for these degrees
  expect(await drawMany(LOGITS, settings, () => 42, 64)).toEqual(ids);
});
