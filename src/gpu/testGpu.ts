/**
 * The GPU a test runs on: the browser's own, or in Node the adapter that
 * src/tools/nodeGpuSetup.ts put in the same place. Dispose it when done.
 */
import { openGpu } from './openGpu.ts';
import type { Gpu } from './types.ts';

export function openTestGpu(): Promise<Gpu> {
  return openGpu(navigator.gpu);
}
