/**
 * A chunk through its experts as the graph runs it: sort, gate and up, down, combine in
 * one pass, with grids the GPU wrote, the pool cut over two bindings and the shared
 * experts in a pool of their own. Against plain loops, and in chunks of any size.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStepArena, encodeSteps, type BufferRange, type Dispatch, type Gpu } from '../gpu/index.ts';
import { openTestGpu } from '../gpu/testGpu.ts';
import type { HostArray, KernelShape } from './card.ts';
import { compare } from './compare.ts';
import { expertCombine } from './expertCombine.ts';
import { expertBlocks, expertMatmul, expertTile } from './expertMatmul.ts';
import { packRoutes, randomRoutes, randomSlots } from './expertMatmul/plain.ts';
import { EXPERT_ARGS_BYTES, expertGrid, expertSort, mostExpertTiles } from './expertSort.ts';
import { gated } from './matvec/plain.ts';
import { randomMatrix, randomRow, seededRandom, type PlainMatrix } from './quant/plain.ts';
import { createKernelRecorder, type KernelRecorder } from './record.ts';

const TOKENS = 70;
const EXPERTS = 12;
const SHARED = 2;
const PER_TOKEN = 3 + SHARED;
const HIDDEN = 50;
const INNER = 40;
const STRIDE = 64; // of both, padded to 32
const ENTRIES = TOKENS * PER_TOKEN;
/** The routed pool's first binding has this many slots, its second the others. */
const CUT = 7;

const random = seededRandom(5);
const ROUTES = randomRoutes({ tokens: TOKENS, experts: EXPERTS, topK: 3, shared: SHARED }, random);
const X = rows(TOKENS);
const STREAM = rows(TOKENS);

/** `count` rows of HIDDEN values, padded with zeros. */
function rows(count: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(count * STRIDE);
  for (let i = 0; i < count; i++) all.set(randomRow(HIDDEN, STRIDE, random), i * STRIDE);
  return all;
}

/** Slots [slotBase, slotBase + slotCount) of a pool. */
interface Part {
  readonly slotBase: number;
  readonly slotCount: number;
  readonly gateUp: PlainMatrix;
  readonly down: PlainMatrix;
}

interface Pool {
  readonly idBase: number;
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly parts: readonly Part[];
  readonly biases: Readonly<Record<'gateUp' | 'down', Float32Array<ArrayBuffer>>>;
}

function randomPool(idBase: number, ids: number, cuts: readonly number[]): Pool {
  return {
    idBase,
    slots: randomSlots(ids, ids, [], random),
    parts: cuts.map((slotBase, i) => {
      const slotCount = (cuts[i + 1] ?? ids) - slotBase;
      const matrix = (layout: 'q4m' | 'q8s', matrixRows: number, cols: number) =>
        randomMatrix({ layout, rows: slotCount * matrixRows, cols }, random);
      return {
        slotBase,
        slotCount,
        gateUp: matrix('q4m', 2 * INNER, HIDDEN),
        down: matrix('q8s', HIDDEN, INNER),
      };
    }),
    biases: {
      gateUp: randomRow(ids * 2 * INNER, ids * 2 * INNER, random),
      down: randomRow(ids * HIDDEN, ids * HIDDEN, random),
    },
  };
}

const POOLS = [randomPool(0, EXPERTS, [0, CUT]), randomPool(EXPERTS, SHARED, [0])];

/** W · x + bias of an expert, W of `matrixRows` rows. */
function product(
  id: number,
  role: 'gateUp' | 'down',
  matrixRows: number,
  x: ArrayLike<number>,
): Float64Array {
  const pool = POOLS.find(({ idBase, slots }) => id >= idBase && id < idBase + slots.length)!;
  const slot = pool.slots[id - pool.idBase]!;
  const part = pool.parts.find(({ slotBase, slotCount }) => slot >= slotBase && slot < slotBase + slotCount)!;
  const { weights, padded } = part[role];
  return Float64Array.from({ length: matrixRows }, (_, r) => {
    let sum = pool.biases[role][(id - pool.idBase) * matrixRows + r]!;
    const at = ((slot - part.slotBase) * matrixRows + r) * padded;
    for (let c = 0; c < x.length; c++) sum += weights[at + c]! * x[c]!;
    return sum;
  });
}

function plainExperts(): Float32Array<ArrayBuffer> {
  const stream = Float64Array.from(STREAM);
  ROUTES.forEach((chosen, t) => {
    const x = X.subarray(t * STRIDE, t * STRIDE + HIDDEN);
    for (const { id, weight } of chosen) {
      const gateUp = product(id, 'gateUp', 2 * INNER, x);
      const inner = gateUp.subarray(0, INNER).map((gate, r) => gated('silu', gate, gateUp[INNER + r]!));
      product(id, 'down', HIDDEN, inner).forEach((value, c) => (stream[t * STRIDE + c]! += weight * value));
    }
  });
  return Float32Array.from(stream);
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu.dispose());

interface Machine {
  readonly recorder: KernelRecorder;
  /** A buffer with this content, or of this many bytes of zeros. */
  readonly buffer: (content: number | HostArray) => BufferRange;
}

type Shared = Readonly<Record<'x' | 'routes' | 'inner' | 'out' | 'stream', BufferRange>>;

/** The dispatches of one pool: those of each product once for each part. */
async function poolDispatches(
  { recorder, buffer }: Machine,
  shape: KernelShape,
  pool: Pool,
  shared: Shared,
): Promise<readonly Dispatch[]> {
  const ids = pool.slots.length;
  const tile = expertTile(shape);
  const args = buffer(EXPERT_ARGS_BYTES);
  const sorted = {
    order: buffer(ENTRIES * 4),
    tiles: buffer(mostExpertTiles(ENTRIES, ids, tile) * 16),
  };
  const sort = await recorder.dispatch(
    expertSort({ ids, tokens: TOKENS }),
    {
      perToken: PER_TOKEN,
      idBase: pool.idBase,
      ids,
      tile,
      blocksGateUp: expertBlocks(shape, 'gateUp', INNER),
      blocksDown: expertBlocks(shape, 'down', HIDDEN),
    },
    { routes: shared.routes, slots: buffer(pool.slots), ...sorted, args },
  );
  const roles = [
    { role: 'gateUp', layout: 'q4m', gate: 'silu', rows: INNER, x: shared.x, y: shared.inner },
    { role: 'down', layout: 'q8s', gate: 'none', rows: HIDDEN, x: shared.inner, y: shared.out },
  ] as const;
  const products = roles.flatMap(({ role, layout, gate, rows: outputs, x, y }) =>
    pool.parts.map((part) => {
      const { planes, padded } = part[role];
      const weights = Object.fromEntries(
        Object.entries(planes).map(([name, plane]) => [name, buffer(plane)]),
      );
      return recorder.dispatch(
        expertMatmul({ layout, shape, role, gate, bias: true, weighInput: false }),
        {
          rows: outputs,
          groups: padded / 32,
          xStride: STRIDE,
          yStride: STRIDE,
          perToken: PER_TOKEN,
          slotBase: part.slotBase,
          slotCount: part.slotCount,
        },
        { ...weights, ...sorted, x, y, bias: buffer(pool.biases[role]) },
        { indirect: expertGrid(args, role) },
      );
    }),
  );
  return [sort, ...(await Promise.all(products))];
}

/** The stream after the experts, the tokens cut into chunks as told. */
async function runExperts(shape: KernelShape, chunks: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
  const recorder = createKernelRecorder(gpu);
  const arena = createStepArena(gpu, 1);
  const owned: GPUBuffer[] = [];
  const make = (bytes: number, usage: GPUBufferUsageFlags): GPUBuffer => {
    const buffer = gpu.memory.buffer('experts test', bytes, usage | GPUBufferUsage.COPY_DST);
    owned.push(buffer);
    return buffer;
  };
  const buffer: Machine['buffer'] = (content) => {
    const bytes = typeof content === 'number' ? content : content.byteLength;
    const made = make(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.INDIRECT);
    if (typeof content !== 'number') gpu.device.queue.writeBuffer(made, 0, content);
    return { buffer: made, offset: 0, size: made.size };
  };
  try {
    const shared: Shared = {
      x: buffer(X),
      routes: buffer(ENTRIES * 8),
      inner: buffer(ENTRIES * STRIDE * 4),
      out: buffer(ENTRIES * STRIDE * 4),
      stream: buffer(STREAM),
    };
    const dispatches: Dispatch[] = [];
    for (const pool of POOLS)
      dispatches.push(...(await poolDispatches({ recorder, buffer }, shape, pool, shared)));
    dispatches.push(
      await recorder.dispatch(
        expertCombine({ weigh: true }),
        { width: HIDDEN, stride: STRIDE, outStride: STRIDE, perToken: PER_TOKEN },
        shared,
      ),
    );
    const staging = make(STREAM.byteLength, GPUBufferUsage.MAP_READ);
    let position = 0;
    for (const tokens of chunks) {
      const here = [position, position + tokens] as const;
      const part = (of: Float32Array<ArrayBuffer>) => of.subarray(here[0] * STRIDE, here[1] * STRIDE);
      gpu.device.queue.writeBuffer(shared.x.buffer, 0, part(X));
      gpu.device.queue.writeBuffer(shared.stream.buffer, 0, part(STREAM));
      gpu.device.queue.writeBuffer(shared.routes.buffer, 0, packRoutes(ROUTES.slice(...here)));
      arena.write(0, { position, tokens, seed: 0 });
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      encodeSteps(pass, dispatches, tokens, arena, 0);
      pass.end();
      encoder.copyBufferToBuffer(shared.stream.buffer, 0, staging, here[0] * STRIDE * 4, tokens * STRIDE * 4);
      gpu.device.queue.submit([encoder.finish()]);
      position += tokens;
    }
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    recorder.dispose();
    arena.dispose();
    for (const made of owned) gpu.memory.free(made);
  }
}

describe.each(['software', 'hardware'] as const)('%s', (shape) => {
  test('a chunk through its experts is what plain loops make of it', async () => {
    const difference = compare(await runExperts(shape, [TOKENS]), plainExperts());
    gpu.assertHealthy();
    expect(difference.nmse).toBeLessThan(1e-11);
  });

  test('chunks of any size give the same bits', async () => {
    const whole = await runExperts(shape, [TOKENS]);
    expect(await runExperts(shape, [33, 1, 36])).toEqual(whole);
    expect(
      await runExperts(
        shape,
        Array.from({ length: 10 }, () => 7),
      ),
    ).toEqual(whole);
    gpu.assertHealthy();
  });
});
