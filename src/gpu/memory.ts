/** GPU buffers with byte accounting: every buffer of ours is made and freed here. */
import { AppError } from '../base/failure.ts';
import type { GpuMemory } from './types.ts';

interface OwnedMemory extends GpuMemory {
  freeAll(): void;
}

/**
 * A buffer beyond the device's maxBufferSize is GPU_OUT_OF_MEMORY at once; one
 * the driver has no room for is reported later, by the error scope around it.
 */
export function createMemory(device: GPUDevice): OwnedMemory {
  const owned = new Set<GPUBuffer>();
  let bytes = 0;
  let peakBytes = 0;

  function free(buffer: GPUBuffer): void {
    if (!owned.delete(buffer)) throw new Error(`buffer '${buffer.label}' is not ours or was freed before`);
    bytes -= buffer.size;
    buffer.destroy();
  }

  return {
    get bytes() {
      return bytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    buffer(label, asked, usage) {
      const size = Math.max(16, Math.ceil(asked / 16) * 16);
      const limit = device.limits.maxBufferSize;
      if (size > limit) {
        throw new AppError(
          'GPU_OUT_OF_MEMORY',
          `'${label}' needs a buffer of ${size} bytes; this GPU allows ${limit}`,
          {
            what: label,
            asked: size,
            has: limit,
          },
        );
      }
      const buffer = device.createBuffer({ label, size, usage });
      owned.add(buffer);
      bytes += size;
      peakBytes = Math.max(peakBytes, bytes);
      return buffer;
    },
    free,
    freeAll() {
      for (const buffer of owned) free(buffer);
    },
  };
}
