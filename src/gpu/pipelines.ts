/** Compute pipelines compiled once, off the main thread, with the compiler's words on failure. */
import { AppError } from '../base/failure.ts';
import type { PipelineCache, PipelineRequest } from './types.ts';

export function createPipelineCache(device: GPUDevice): PipelineCache {
  const modules = new Map<string, GPUShaderModule>();
  const byLayout = new Map<GPUPipelineLayout, Map<string, Promise<GPUComputePipeline>>>();
  let size = 0;

  function moduleOf(request: PipelineRequest): GPUShaderModule {
    const known = modules.get(request.wgsl);
    if (known !== undefined) return known;
    // A bad shader is reported by the pipeline that needs it; without a scope of
    // its own it would surface a second time as an uncaptured error.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: request.label, code: request.wgsl });
    void device.popErrorScope().catch(() => null); // rejects only on a lost device, which Gpu.lost reports
    modules.set(request.wgsl, module);
    return module;
  }

  async function compile(request: PipelineRequest): Promise<GPUComputePipeline> {
    const module = moduleOf(request);
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: request.label,
        layout: request.layout,
        compute: { module, constants: { ...request.constants } },
      });
      size += 1;
      return pipeline;
    } catch (cause) {
      throw await compileFailure(request.label, module, cause);
    }
  }

  return {
    get size() {
      return size;
    },
    get(request) {
      const pipelines = byLayout.get(request.layout) ?? new Map<string, Promise<GPUComputePipeline>>();
      byLayout.set(request.layout, pipelines);
      const key = constantsKey(request.constants) + request.wgsl;
      const known = pipelines.get(key);
      if (known !== undefined) return known;
      const compiling = compile(request);
      pipelines.set(key, compiling);
      compiling.catch(() => pipelines.delete(key));
      return compiling;
    },
  };
}

function constantsKey(constants: Readonly<Record<string, number>>): string {
  const names = Object.keys(constants).sort((a, b) => (a < b ? -1 : 1));
  return names.map((name) => `${name}=${constants[name]};`).join('');
}

/**
 * Chromium 156 does not send a second getCompilationInfo of one module until
 * something else makes it talk to the GPU process: ask once and keep the answer.
 */
const compilerWords = new WeakMap<GPUShaderModule, Promise<readonly string[]>>();

function compilerErrors(module: GPUShaderModule): Promise<readonly string[]> {
  const known = compilerWords.get(module);
  if (known !== undefined) return known;
  const asked = module.getCompilationInfo().then(
    (info) =>
      info.messages
        .filter((message) => message.type === 'error')
        .map((message) => `${message.lineNum}:${message.linePos} ${message.message}`),
    () => [], // a lost device has no words; Gpu.lost reports it
  );
  compilerWords.set(module, asked);
  return asked;
}

async function compileFailure(label: string, module: GPUShaderModule, cause: unknown): Promise<AppError> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const messages = await compilerErrors(module);
  const words = messages.length > 0 ? messages.join('\n') : reason;
  return new AppError('GPU_ERROR', `kernel ${label} does not compile: ${words}`, { what: label }, cause);
}
