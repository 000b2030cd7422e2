/** Whether this device can do it, what to do where it can't, and what to know before relying on it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { DeviceReport, Failure } from '../protocol/api.ts';
import type { DeviceFacts } from '../state/device.ts';
import { useApp } from './appContext.ts';
import { Cautions } from './device/Cautions.tsx';
import { NoGpu } from './device/NoGpu.tsx';
import { say } from './say.ts';

export function DeviceLine(): ReactNode {
  return (
    <>
      <Line />
      <Cautions />
    </>
  );
}

function Line(): ReactNode {
  const { device: room, models, selfTest } = useApp();
  const { device, storage } = useStore(room.store);
  const onProcessor = useStore(models.store, (s) => s.loaded?.runsOn === 'cpu');
  const [kernel] = useStore(selfTest.store, (s) => s.wrongKernels);
  switch (device.phase) {
    case 'asking':
      return <p className="facts">{say.device.asking}</p>;
    case 'ready':
      // There is a graphics processor, and it was not used: its kernels were found wrong.
      if (onProcessor) return <NoGpu failure={wronglyComputed(kernel)} />;
      return <p className="facts">{deviceWords(device.report, storage)}</p>;
    case 'absent':
      return <NoGpu failure={device.failure} />;
    default:
      return device satisfies never;
  }
}

function wronglyComputed(kernel: string | undefined): Failure {
  const detail = kernel === undefined ? {} : { kernel };
  return { code: 'KERNEL_CHECK_FAILED', message: 'kernels were found wrong', detail };
}

export function nameOf({ description, vendor, architecture }: DeviceReport): string {
  return description || [vendor, architecture].filter((part) => part !== '').join(' ') || say.device.unnamed;
}

function deviceWords(report: DeviceReport, storage: DeviceFacts['storage']): string {
  if (report.software) return say.device.software(nameOf(report));
  return say.device.can(
    nameOf(report),
    storage && storage.quotaBytes > 0 ? say.device.free(storage.quotaBytes - storage.usedBytes) : '',
  );
}
