/** Whether this device can do it, what to do where it can't, and what to know before relying on it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { DeviceReport } from '../protocol/api.ts';
import type { DeviceFacts } from '../state/device.ts';
import { useApp } from './appContext.ts';
import { Cautions } from './device/Cautions.tsx';
import { NoGpu } from './device/NoGpu.tsx';
import { useTrouble } from './device/useTrouble.ts';
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
  const { device: room } = useApp();
  const { device, storage } = useStore(room.store);
  const trouble = useTrouble();
  if (trouble) return <NoGpu failure={trouble} />;
  const words = device.phase === 'ready' ? deviceWords(device.report, storage) : say.device.asking;
  return <p className="facts">{words}</p>;
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
