/**
 * Opens the device and keeps its health: device loss and uncaptured errors are
 * remembered until someone asks, and error scopes turn into AppErrors.
 */
import { AppError } from '../base/failure.ts';
import { adapterFacts, deviceDescriptor, requestAdapter } from './adapter.ts';
import { createMemory } from './memory.ts';
import { createPipelineCache } from './pipelines.ts';
import type { DeviceLoss, Gpu } from './types.ts';

/**
 * The user's GPU, ready for kernels. `api` is `navigator.gpu`.
 * Fails with NO_WEBGPU, NO_ADAPTER, ADAPTER_TOO_SMALL (detail: limit, asked,
 * has) or GPU_ERROR when the adapter gives no device.
 */
export async function openGpu(
  api: GPU | undefined,
  options: { readonly powerPreference?: GPUPowerPreference } = {},
): Promise<Gpu> {
  const adapter = await requestAdapter(api, options.powerPreference ?? 'high-performance');
  // Read before requestDevice: an adapter is spent once it has given a device.
  const info = adapter.info;
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice(deviceDescriptor(adapter));
  } catch (cause) {
    throw new AppError('GPU_ERROR', 'The GPU adapter gave no device', {}, cause);
  }
  return gpuOf(device, info);
}

function gpuOf(device: GPUDevice, info: GPUAdapterInfo): Gpu {
  const memory = createMemory(device);
  const health = watchHealth(device);
  return {
    device,
    facts: adapterFacts(info, device),
    memory,
    pipelines: createPipelineCache(device),
    lost: health.lost,
    assertHealthy: () => health.assertHealthy(),
    scoped: (what, work) => runScoped(device, health, what, work),
    dispose() {
      health.expectLoss();
      memory.freeAll();
      device.destroy();
    },
  };
}

interface Health {
  readonly lost: Promise<DeviceLoss>;
  loss(): DeviceLoss | undefined;
  assertHealthy(): void;
  /** From here on the device's end is our own doing. */
  expectLoss(): void;
}

function watchHealth(device: GPUDevice): Health {
  let loss: DeviceLoss | undefined;
  let ending = false;
  let uncaptured: GPUError | undefined;

  async function lossNotOurs(): Promise<DeviceLoss> {
    const { reason, message } = await device.lost;
    if (ending) return new Promise(() => {});
    loss = { reason, message };
    return loss;
  }
  const lost = lossNotOurs();
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault(); // assertHealthy() reports it; the console need not
    uncaptured ??= event.error;
  });

  return {
    lost,
    loss: () => loss,
    expectLoss() {
      ending = true;
    },
    assertHealthy() {
      if (loss !== undefined) throw lostError(loss);
      if (uncaptured === undefined) return;
      const error = uncaptured;
      uncaptured = undefined;
      throw gpuFailure('a step', error);
    },
  };
}

/**
 * Scopes form one stack per device, so two overlapping calls may swap their
 * errors: none is lost, but it can carry the other's name.
 */
async function runScoped<T>(
  device: GPUDevice,
  health: Health,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const filters = ['validation', 'out-of-memory', 'internal'] as const;
  for (const filter of filters) device.pushErrorScope(filter);
  // Not awaited bare: the scopes must be popped even if the work throws at once.
  const outcome = await Promise.allSettled([(async () => work())()]);
  const errors = await Promise.allSettled(filters.map(() => device.popErrorScope()));

  const loss = health.loss();
  if (loss !== undefined) throw lostError(loss);
  const [result] = outcome;
  const cause: unknown = result.status === 'rejected' ? result.reason : undefined;
  for (const popped of errors) {
    if (popped.status === 'rejected')
      throw new AppError('GPU_ERROR', `${what}: the GPU stopped answering`, { what }, popped.reason);
    if (popped.value !== null) throw gpuFailure(what, popped.value, cause);
  }
  if (result.status === 'rejected') throw cause;
  return result.value;
}

function lostError(loss: DeviceLoss): AppError {
  return new AppError('DEVICE_LOST', `The GPU device was lost: ${loss.message}`, { ...loss });
}

function gpuFailure(what: string, error: GPUError, cause?: unknown): AppError {
  const outOfMemory = error instanceof GPUOutOfMemoryError;
  return new AppError(
    outOfMemory ? 'GPU_OUT_OF_MEMORY' : 'GPU_ERROR',
    `${what}: ${error.message}`,
    { what },
    cause,
  );
}
