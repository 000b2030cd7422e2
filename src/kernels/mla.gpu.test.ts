/**
 * Latent attention whole: the absorbed kernels against keys and values made in full, and
 * a prompt in one chunk, in several, or token by token.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStepArena, encodeSteps, type BufferRange, type Dispatch, type Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import { NO_TEMPERATURE, noise, plainAttend, plainRopeTable } from './attend/plain.ts';
import type { HostArray, KernelShape } from './card.ts';
import { ODD, padded, plainRotate } from './mla/plain.ts';
import { mlaAbsorb } from './mlaAbsorb.ts';
import { mlaAttendDecode, mlaPartialsBytes } from './mlaAttendDecode.ts';
import { mlaAttendPrefill } from './mlaAttendPrefill.ts';
import { mlaValue, mlaValueMany } from './mlaValue.ts';
import { randomMatrix, seededRandom, type PlainMatrix } from './quant/plain.ts';
import { createKernelRecorder } from './record.ts';

const { heads: HEADS, kvRank: RANK, nopeDim: NOPE, ropeDim: ROPE, valueDim: VALUE } = ODD;
const TOKENS = 50;
const SPLITS = 2;
const SCALE = (NOPE + ROPE) ** -0.5;
const EPS = 1e-6;
const LATENT_AT = HEADS * (NOPE + ROPE);
const STRIDE = padded(LATENT_AT + RANK + ROPE);
const QUERY_STRIDE = padded(HEADS * (RANK + ROPE));
const Z_STRIDE = padded(HEADS * RANK);
const OUT_STRIDE = padded(HEADS * VALUE);

const ROWS = noise(1, TOKENS * STRIDE, 2); // q of all heads, then latent and key
const KV_NORM = noise(2, RANK).map((v) => 1 + v / 2);
const TURNS = plainRopeTable(TOKENS, ROPE);
const KEYS = randomMatrix({ layout: 'f32', rows: HEADS * RANK, cols: NOPE }, seededRandom(3)); // W_K turned
const VALUES = randomMatrix({ layout: 'f32', rows: HEADS * VALUE, cols: RANK }, seededRandom(4));

let gpu: Gpu;

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => gpu.dispose());

/** Attention with every head's keys and values made in full, as the paper first states it. */
function plainMla(): Float32Array {
  const { keys, values } = plainKeysAndValues();
  const out = new Float32Array(TOKENS * OUT_STRIDE);
  for (let t = 0; t < TOKENS; t++) {
    for (let h = 0; h < HEADS; h++) {
      const at = t * STRIDE + h * (NOPE + ROPE);
      const rope = ROWS.subarray(at + NOPE, at + NOPE + ROPE);
      const query = [...ROWS.subarray(at, at + NOPE), ...plainRotate(rope, turnsOf(t), 'interleaved')];
      const masking = { scale: SCALE, window: 0, chunk: 0, softCap: 0 };
      const found = plainAttend(
        query,
        (p) => keys[h]![p]!,
        (p) => values[h]![p]!,
        0,
        t + 1,
        masking,
      );
      const value = found.sum.slice(0, VALUE).map((sum) => sum / found.total);
      out.set(value, t * OUT_STRIDE + h * VALUE);
    }
  }
  return out;
}

const turnsOf = (position: number): Float32Array => TURNS.subarray(position * ROPE, (position + 1) * ROPE);

/** [heads][tokens][nopeDim + ropeDim] and [heads][tokens][valueDim] */
function plainKeysAndValues(): { readonly keys: number[][][]; readonly values: number[][][] } {
  const keys: number[][][] = [];
  const values: number[][][] = [];
  for (let h = 0; h < HEADS; h++) {
    const ofHead = { keys: [] as number[][], values: [] as number[][] };
    for (let p = 0; p < TOKENS; p++) {
      const at = p * STRIDE + LATENT_AT;
      const raw = Array.from(ROWS.subarray(at, at + RANK));
      const meanSquare = raw.reduce((sum, v) => sum + v * v, 0) / RANK;
      const latent = raw.map((v, r) => (v / Math.sqrt(meanSquare + EPS)) * KV_NORM[r]!);
      const key = Array.from({ length: NOPE }, (_, n) =>
        latent.reduce((sum, c, r) => sum + c * weightOf(KEYS, h * RANK + r, n), 0),
      );
      const rope = ROWS.subarray(at + RANK, at + RANK + ROPE);
      ofHead.keys.push([...key, ...plainRotate(rope, turnsOf(p), 'interleaved')]);
      ofHead.values.push(
        Array.from({ length: VALUE }, (_, j) =>
          latent.reduce((sum, c, r) => sum + c * weightOf(VALUES, h * VALUE + j, r), 0),
        ),
      );
    }
    keys.push(ofHead.keys);
    values.push(ofHead.values);
  }
  return { keys, values };
}

function weightOf(matrix: PlainMatrix, row: number, column: number): number {
  return matrix.weights[row * matrix.padded + column]!;
}

/** The kernels of a chunk and of one token, over buffers of `make`. */
async function record(
  shape: KernelShape,
  dispatch: ReturnType<typeof createKernelRecorder>['dispatch'],
  make: (content: HostArray) => BufferRange,
) {
  const floats = (length: number) => make(new Float32Array(length));
  const rows = floats(TOKENS * STRIDE);
  const out = floats(TOKENS * OUT_STRIDE);
  const between = {
    cache: floats(TOKENS * (RANK + ROPE)),
    queries: floats(TOKENS * QUERY_STRIDE),
    z: floats(TOKENS * Z_STRIDE),
    partials: floats(mlaPartialsBytes(HEADS, SPLITS, RANK) / 4),
  };
  const absorbing = {
    ...between,
    quants: make(KEYS.planes['quants']!),
    q: rows,
    latent: rows,
    kvNorm: make(KV_NORM),
    rope: make(TURNS),
  };
  const valuing = { ...between, quants: make(VALUES.planes['quants']!), out };
  const sizes = { heads: HEADS, kvRank: RANK, ropeDim: ROPE, queryStride: QUERY_STRIDE };
  const absorb = {
    ...sizes,
    ...NO_TEMPERATURE,
    nopeDim: NOPE,
    groups: KEYS.padded / 32,
    qOffset: 0,
    qStride: STRIDE,
    latentOffset: LATENT_AT,
    latentStride: STRIDE,
    eps: EPS,
    scale: SCALE,
  };
  const value = { heads: HEADS, kvRank: RANK, valueDim: VALUE, groups: VALUES.padded / 32 };
  const options = { layout: 'f32', kv: 'f32', shape, pairing: 'interleaved' } as const;
  const chunk = [
    await dispatch(mlaAbsorb({ ...options, many: true, groups: absorb.groups }), absorb, absorbing),
    await dispatch(mlaAttendPrefill(options), { ...sizes, zStride: Z_STRIDE }, between),
    await dispatch(mlaValueMany(options), { ...value, zStride: Z_STRIDE, outStride: OUT_STRIDE }, valuing),
  ];
  const single = [
    await dispatch(mlaAbsorb({ ...options, many: false, groups: absorb.groups }), absorb, absorbing),
    await dispatch(mlaAttendDecode(options), { ...sizes, splits: SPLITS }, between),
    await dispatch(
      mlaValue(options, { groups: value.groups, splits: SPLITS }),
      { ...value, splits: SPLITS },
      valuing,
    ),
  ];
  return { rows, out, chunk, single };
}

/** Attention of every token, the prompt cut as told; a cut of 1 goes the way of decode if `decode`. */
async function attendAll(
  shape: KernelShape,
  chunks: readonly number[],
  decode: boolean,
): Promise<Float32Array> {
  const recorder = createKernelRecorder(gpu);
  const arena = createStepArena(gpu, 1);
  const owned: GPUBuffer[] = [];
  const own = (bytes: number, usage: GPUBufferUsageFlags): GPUBuffer => {
    const buffer = gpu.memory.buffer('mla test', bytes, usage | GPUBufferUsage.COPY_DST);
    owned.push(buffer);
    return buffer;
  };
  try {
    const { rows, out, chunk, single } = await record(
      shape,
      (...of) => recorder.dispatch(...of),
      (content) => {
        const buffer = own(content.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
        gpu.device.queue.writeBuffer(buffer, 0, content);
        return { buffer, offset: 0, size: buffer.size };
      },
    );
    const staging = own(out.size, GPUBufferUsage.MAP_READ);
    const all = new Float32Array(TOKENS * OUT_STRIDE);
    let position = 0;
    for (const tokens of chunks) {
      const content = ROWS.subarray(position * STRIDE, (position + tokens) * STRIDE);
      gpu.device.queue.writeBuffer(rows.buffer, 0, content);
      arena.write(0, { position, tokens, seed: 0 });
      submit(decode && tokens === 1 ? single : chunk, tokens, arena, out, staging);
      await staging.mapAsync(GPUMapMode.READ);
      const made = new Float32Array(staging.getMappedRange().slice(0, tokens * OUT_STRIDE * 4));
      staging.unmap();
      all.set(made, position * OUT_STRIDE);
      position += tokens;
    }
    return all;
  } finally {
    recorder.dispose();
    arena.dispose();
    for (const buffer of owned) gpu.memory.free(buffer);
  }
}

function submit(
  dispatches: readonly Dispatch[],
  tokens: number,
  arena: ReturnType<typeof createStepArena>,
  out: BufferRange,
  staging: GPUBuffer,
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encodeSteps(pass, dispatches, tokens, arena, 0);
  pass.end();
  encoder.copyBufferToBuffer(out.buffer, 0, staging, 0, out.size);
  gpu.device.queue.submit([encoder.finish()]);
}

function worst(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe.each(['software', 'hardware'] as const)('%s', (shape) => {
  test('attends as keys and values made in full do', async () => {
    const expected = plainMla();
    expect(worst(expected, await attendAll(shape, [TOKENS], false))).toBeLessThan(2e-5);
    expect(Math.max(...expected)).toBeGreaterThan(1);
  });

  test('chunks of any size give the same bits', async () => {
    const whole = await attendAll(shape, [TOKENS], false);
    expect(await attendAll(shape, [33, 1, 16], false)).toEqual(whole);
    expect(await attendAll(shape, [7, 32, 11], false)).toEqual(whole);
  });

  test('decode gives what prefill does, from the first token and after a chunk', async () => {
    const whole = await attendAll(shape, [TOKENS], false);
    const ones = (count: number) => Array.from({ length: count }, () => 1);
    expect(worst(whole, await attendAll(shape, ones(TOKENS), true))).toBeLessThan(1e-5);
    expect(worst(whole, await attendAll(shape, [30, ...ones(20)], true))).toBeLessThan(1e-5);
  });
});
