import { useStore } from 'zustand';
import type { Failure } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';

/** Why the graphics processor is not used; null where it is, or while that is not known. */
export function useTrouble(): Failure | null {
  const { device: room, models, selfTest } = useApp();
  const device = useStore(room.store, (s) => s.device);
  const onProcessor = useStore(models.store, (s) => s.loaded?.runsOn === 'cpu');
  const [kernel] = useStore(selfTest.store, (s) => s.wrongKernels);
  if (device.phase === 'absent') return device.failure;
  // There is one, and it was not used: its kernels were found wrong, now or on an earlier visit.
  if (device.phase !== 'ready' || !onProcessor) return null;
  const detail = kernel === undefined ? {} : { kernel };
  return { code: 'KERNEL_CHECK_FAILED', message: 'kernels were found wrong', detail };
}
