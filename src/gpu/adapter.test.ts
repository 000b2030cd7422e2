/** Each way a GPU can be absent, by a made-up navigator.gpu. */
import { expect, test } from 'vitest';
import { adapterFacts, deviceDescriptor } from './adapter.ts';
import { openGpu } from './openGpu.ts';

// WebGPU's default limits, from the specification's table "limits".
const DEFAULTS = {
  maxBufferSize: 268435456,
  maxStorageBufferBindingSize: 134217728,
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBufferBindingSize: 65536,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
};

function adapterWith(limits: Partial<typeof DEFAULTS>, features: readonly string[] = []): GPUAdapter {
  const info = { vendor: 'acme', architecture: 'one', device: '', description: '', isFallbackAdapter: false };
  return {
    limits: { ...DEFAULTS, ...limits },
    features: new Set(features),
    info,
    requestDevice: () => Promise.reject(new TypeError('this one never gives a device')),
  } as unknown as GPUAdapter;
}

function apiGiving(adapter: GPUAdapter | null): GPU {
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

test('no navigator.gpu', async () => {
  await expect(openGpu(undefined)).rejects.toMatchObject({ name: 'AppError', code: 'NO_WEBGPU' });
});

test('no adapter, said by null or by throwing', async () => {
  await expect(openGpu(apiGiving(null))).rejects.toMatchObject({ code: 'NO_ADAPTER' });
  const throwing = { requestAdapter: () => Promise.reject(new Error('blocked')) } as unknown as GPU;
  await expect(openGpu(throwing)).rejects.toMatchObject({
    code: 'NO_ADAPTER',
    cause: { message: 'blocked' },
  });
});

test('an adapter below the defaults is named with its limit', async () => {
  const small = apiGiving(adapterWith({ maxStorageBuffersPerShaderStage: 4 }));
  await expect(openGpu(small)).rejects.toMatchObject({
    code: 'ADAPTER_TOO_SMALL',
    detail: { limit: 'maxStorageBuffersPerShaderStage', asked: 8, has: 4 },
  });
});

test('the defaults suffice, and an adapter that gives no device is a GPU_ERROR', async () => {
  await expect(openGpu(apiGiving(adapterWith({})))).rejects.toMatchObject({ code: 'GPU_ERROR' });
});

test('asks for all the adapter has, and only for features it has', () => {
  const adapter = adapterWith({ maxBufferSize: 4294967296 }, ['shader-f16', 'depth-clip-control']);
  const { requiredLimits, requiredFeatures } = deviceDescriptor(adapter);
  expect(requiredLimits).toEqual({ ...DEFAULTS, maxBufferSize: 4294967296 });
  expect(requiredFeatures).toEqual(['shader-f16']);
});

test.each([
  [{ vendor: 'google', architecture: 'swiftshader' }, true],
  [{ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6)' }, true],
  [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, true],
  [{ vendor: 'microsoft', architecture: 'warp' }, true],
  [{ vendor: 'acme', isFallbackAdapter: true }, true],
  [{ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100' }, false],
  [{ vendor: 'apple', architecture: 'metal-3' }, false],
  [{ vendor: 'acme', description: 'Timewarped Graphics' }, false],
])('%j is software: %s', (named, software) => {
  const nothing = { architecture: '', device: '', description: '', isFallbackAdapter: false };
  const info = { ...nothing, ...named };
  const device = { limits: DEFAULTS, features: new Set() } as unknown as GPUDevice;
  expect(adapterFacts(info as GPUAdapterInfo, device).software).toBe(software);
});
