/**
 * The bind group layouts every kernel is built from, one object per device,
 * so that pipelines compiled for one recorder are found by the next.
 */
type Access = 'read' | 'read_write';

export interface KernelLayouts {
  /** Group 1: the Step uniform at a dynamic offset. */
  readonly step: GPUBindGroupLayout;
  /** Group 0: binding 0 the uniform Params, then one storage buffer per access. */
  buffers(accesses: readonly Access[]): GPUBindGroupLayout;
  pipeline(accesses: readonly Access[], usesStep: boolean): GPUPipelineLayout;
}

const perDevice = new WeakMap<GPUDevice, KernelLayouts>();

export function kernelLayouts(device: GPUDevice): KernelLayouts {
  const known = perDevice.get(device);
  if (known !== undefined) return known;
  const layouts = createLayouts(device);
  perDevice.set(device, layouts);
  return layouts;
}

function createLayouts(device: GPUDevice): KernelLayouts {
  const bufferLayouts = new Map<string, GPUBindGroupLayout>();
  const pipelineLayouts = new Map<string, GPUPipelineLayout>();
  const visibility = GPUShaderStage.COMPUTE;
  const step = device.createBindGroupLayout({
    label: 'step',
    entries: [
      { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: 16 } },
    ],
  });

  const layouts: KernelLayouts = {
    step,
    buffers(accesses) {
      const key = accesses.join();
      const known = bufferLayouts.get(key);
      if (known !== undefined) return known;
      const layout = device.createBindGroupLayout({
        label: key,
        entries: [
          { binding: 0, visibility, buffer: { type: 'uniform' } },
          ...accesses.map((access, index): GPUBindGroupLayoutEntry => ({
            binding: index + 1,
            visibility,
            buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
          })),
        ],
      });
      bufferLayouts.set(key, layout);
      return layout;
    },
    pipeline(accesses, usesStep) {
      const key = `${accesses.join()}${usesStep ? ' step' : ''}`;
      const known = pipelineLayouts.get(key);
      if (known !== undefined) return known;
      const buffers = layouts.buffers(accesses);
      const layout = device.createPipelineLayout({
        label: key,
        bindGroupLayouts: usesStep ? [buffers, step] : [buffers],
      });
      pipelineLayouts.set(key, layout);
      return layout;
    },
  };
  return layouts;
}
