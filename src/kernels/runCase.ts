/**
 * Runs one kernel case on the GPU and holds it to its reference. The tests run
 * every case through here, and so does the self-test on the user's own GPU.
 */
import { AppError } from '../base/failure.ts';
import { createStepArena, encodeSteps, type BufferRange, type Gpu } from '../gpu/index.ts';
import type { HostArray, KernelCase } from './card.ts';
import { compare, compareWeighted } from './compare.ts';
import { createKernelRecorder } from './record.ts';

export interface CaseResult {
  readonly title: string;
  readonly passed: boolean;
  /** Why the case can't run here; then `passed` is false and no figure means anything. */
  readonly skipped?: string;
  /** The worst over the written bindings. */
  readonly nmse: number;
  readonly maxAbs: number;
  /** Empty when all is well. */
  readonly message: string;
}

/** A kernel that does not compile or is refused is a failed case; a lost device throws. */
export async function runCase(gpu: Gpu, kernelCase: KernelCase): Promise<CaseResult> {
  const title = `${kernelCase.card.name}: ${kernelCase.title}`;
  const missing = kernelCase.card.needs.filter((feature) => !gpu.facts.features.includes(feature));
  if (missing.length > 0) {
    const skipped = `the GPU lacks ${missing.join(', ')}`;
    return { title, passed: false, skipped, nmse: 0, maxAbs: 0, message: skipped };
  }
  const expected = kernelCase.reference();
  try {
    const outputs = await runOnGpu(gpu, kernelCase, Object.keys(expected), title);
    return { title, ...judge(kernelCase, outputs, expected) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'DEVICE_LOST') throw error;
    return { title, passed: false, nmse: Infinity, maxAbs: Infinity, message: error.message };
  }
}

type Outputs = ReadonlyMap<string, ArrayBuffer>;

function runOnGpu(
  gpu: Gpu,
  kernelCase: KernelCase,
  wanted: readonly string[],
  title: string,
): Promise<Outputs> {
  const { card, params, tokens } = kernelCase;
  return gpu.scoped(title, async () => {
    const stepArena = createStepArena(gpu, 1);
    const recorder = createKernelRecorder(gpu);
    const owned: GPUBuffer[] = [];
    const own = (buffer: GPUBuffer): GPUBuffer => (owned.push(buffer), buffer);
    try {
      const buffers = upload(gpu, kernelCase, own);
      stepArena.write(0, kernelCase.step ?? { position: 0, tokens, seed: 0 });
      const launch =
        kernelCase.indirect === undefined ? {} : { indirect: grid(gpu, kernelCase.indirect, own) };
      const dispatch = await recorder.dispatch(card, params, buffers, launch);

      const encoder = gpu.device.createCommandEncoder({ label: title });
      const pass = encoder.beginComputePass({ label: title });
      encodeSteps(pass, [dispatch], tokens, stepArena, 0);
      pass.end();
      const staged = wanted.map((name) => [name, stage(gpu, encoder, name, buffers[name], own)] as const);
      gpu.device.queue.submit([encoder.finish()]);
      const outputs = new Map<string, ArrayBuffer>();
      for (const [name, staging] of staged) {
        await staging.mapAsync(GPUMapMode.READ);
        outputs.set(name, staging.getMappedRange().slice(0));
        staging.unmap();
      }
      return outputs;
    } finally {
      for (const buffer of owned) gpu.memory.free(buffer);
      recorder.dispose();
      stepArena.dispose();
    }
  });
}

function upload(
  gpu: Gpu,
  { card, buffers }: KernelCase,
  own: (buffer: GPUBuffer) => GPUBuffer,
): Record<string, BufferRange> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const ranges: Record<string, BufferRange> = {};
  for (const { name } of card.bindings) {
    const content = buffers[name];
    if (content === undefined) throw new Error(`${card.name}: the case has no content for ${name}`);
    const buffer = own(gpu.memory.buffer(name, content.byteLength, usage));
    gpu.device.queue.writeBuffer(buffer, 0, content);
    ranges[name] = { buffer, offset: 0, size: buffer.size };
  }
  return ranges;
}

/** The case's grid where another kernel would have left it. */
function grid(gpu: Gpu, workgroups: readonly number[], own: (buffer: GPUBuffer) => GPUBuffer): BufferRange {
  const usage = GPUBufferUsage.INDIRECT | GPUBufferUsage.COPY_DST;
  const buffer = own(gpu.memory.buffer('grid', workgroups.length * 4, usage));
  gpu.device.queue.writeBuffer(buffer, 0, Uint32Array.from(workgroups));
  return { buffer, offset: 0, size: buffer.size };
}

function stage(
  gpu: Gpu,
  encoder: GPUCommandEncoder,
  name: string,
  range: BufferRange | undefined,
  own: (buffer: GPUBuffer) => GPUBuffer,
): GPUBuffer {
  if (range === undefined) throw new Error(`the reference names ${name}, which is no binding`);
  const staging = own(
    gpu.memory.buffer(`${name} read`, range.size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST),
  );
  encoder.copyBufferToBuffer(range.buffer, 0, staging, 0, range.size);
  return staging;
}

function judge(
  { tolerance, buffers, weighted = [] }: KernelCase,
  outputs: Outputs,
  expected: Readonly<Record<string, HostArray>>,
): Pick<CaseResult, 'passed' | 'nmse' | 'maxAbs' | 'message'> {
  let nmse = 0;
  let maxAbs = 0;
  const complaints: string[] = [];
  for (const [name, want] of Object.entries(expected)) {
    if (want.length !== buffers[name]?.length)
      throw new Error(`reference ${name} has ${want.length} values, its buffer ${buffers[name]?.length}`);
    const bytes = outputs.get(name);
    if (bytes === undefined) throw new Error(`${name} was not read back`);
    const got =
      want instanceof Uint32Array
        ? new Uint32Array(bytes, 0, want.length)
        : new Float32Array(bytes, 0, want.length);
    const pairs = weighted.includes(name) && got instanceof Uint32Array && want instanceof Uint32Array;
    const difference = pairs ? compareWeighted(got, want) : compare(got, want);
    nmse = Math.max(nmse, difference.nmse);
    maxAbs = Math.max(maxAbs, difference.maxAbs);
    const exact = want instanceof Uint32Array && !pairs;
    const allowed = exact ? { nmse: 0, maxAbs: 0 } : tolerance;
    if (difference.nmse <= allowed.nmse && difference.maxAbs <= allowed.maxAbs) continue;
    const at = difference.worst;
    complaints.push(
      `${name}: nmse ${difference.nmse.toExponential(2)} (allowed ${allowed.nmse}), max ${difference.maxAbs.toExponential(2)} ` +
        `(allowed ${allowed.maxAbs}), worst at ${at}: ${got[at]} for ${want[at]}`,
    );
  }
  if (Object.keys(expected).length === 0) throw new Error('the reference names no written binding');
  return { passed: complaints.length === 0, nmse, maxAbs, message: complaints.join('; ') };
}
