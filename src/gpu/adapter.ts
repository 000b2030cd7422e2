/**
 * Choosing an adapter and saying, in codes the page can word, each way it can be
 * absent. Every kernel must run at WebGPU's defaults; what an adapter offers
 * beyond them is asked for here and used by faster variants.
 */
import { AppError } from '../base/failure.ts';
import type { AdapterFacts } from './types.ts';

/** The limits kernels depend on, with the least any kernel needs (WebGPU's defaults). */
const SMALLEST = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBufferBindingSize: 64 * 2 ** 10,
  maxComputeWorkgroupStorageSize: 16 * 2 ** 10,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
} as const;

type LimitName = keyof typeof SMALLEST;
const LIMIT_NAMES = Object.keys(SMALLEST) as LimitName[];

const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|\bwarp\b|basic render/i;

export async function requestAdapter(
  api: GPU | undefined,
  powerPreference: GPUPowerPreference,
): Promise<GPUAdapter> {
  if (api === undefined) throw new AppError('NO_WEBGPU', 'This browser has no WebGPU');
  let adapter: GPUAdapter | null;
  try {
    adapter = await api.requestAdapter({ powerPreference });
  } catch (cause) {
    throw new AppError('NO_ADAPTER', 'The browser refused to give a GPU adapter', {}, cause);
  }
  if (adapter === null) throw new AppError('NO_ADAPTER', 'The browser found no usable GPU');
  assertLargeEnough(adapter.limits);
  return adapter;
}

function assertLargeEnough(limits: GPUSupportedLimits): void {
  for (const limit of LIMIT_NAMES) {
    const asked = SMALLEST[limit];
    const has = limits[limit];
    if (has < asked) {
      throw new AppError('ADAPTER_TOO_SMALL', `The GPU offers ${limit} ${has}; ${asked} is needed`, {
        limit,
        asked,
        has,
      });
    }
  }
}

/** Asks for all the adapter has of the limits and features that matter. */
export function deviceDescriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits: Record<string, number> = {};
  for (const limit of LIMIT_NAMES) requiredLimits[limit] = adapter.limits[limit];
  return {
    label: 'shoal',
    requiredLimits,
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
  };
}

/** The device's own features and limits: what kernels may really use. */
export function adapterFacts(info: GPUAdapterInfo, device: GPUDevice): AdapterFacts {
  const { vendor, architecture, description } = info;
  const names = [vendor, architecture, info.device, description].join(' ');
  const limits: Record<string, number> = {};
  for (const limit of LIMIT_NAMES) limits[limit] = device.limits[limit];
  return {
    vendor,
    architecture,
    description,
    software: info.isFallbackAdapter || SOFTWARE.test(names),
    features: WANTED_FEATURES.filter((feature) => device.features.has(feature)),
    limits,
  };
}
