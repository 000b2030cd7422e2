/** Whether this device can do it, and what to do where it can't. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { DeviceReport } from '../protocol/api.ts';
import type { DeviceFacts } from '../state/device.ts';
import { useApp } from './appContext.ts';
import { browserOf } from './browser.ts';
import { say } from './say.ts';
import { wordsFor } from './words.ts';

export function DeviceLine(): ReactNode {
  const { device: room } = useApp();
  const { device, storage } = useStore(room.store);
  switch (device.phase) {
    case 'asking':
      return <p className="facts">{say.device.asking}</p>;
    case 'ready':
      return <p className="facts">{deviceWords(device.report, storage)}</p>;
    case 'absent': {
      const { code } = device.failure;
      const words = wordsFor(device.failure);
      const howTo =
        code === 'NO_WEBGPU' || code === 'NO_ADAPTER'
          ? say.howToWebGpu[browserOf(navigator.userAgent, isSecureContext)]
          : words.todo;
      return (
        <div className="alert" role="alert">
          <strong>{words.title}</strong>
          <p>
            {words.happened} {howTo}
          </p>
        </div>
      );
    }
    default:
      return device satisfies never;
  }
}

function nameOf({ description, vendor, architecture }: DeviceReport): string {
  return description || [vendor, architecture].filter((part) => part !== '').join(' ') || say.device.unnamed;
}

function deviceWords(report: DeviceReport, storage: DeviceFacts['storage']): string {
  if (report.software) return say.device.software(nameOf(report));
  return say.device.can(
    nameOf(report),
    storage && storage.quotaBytes > 0 ? say.device.free(storage.quotaBytes - storage.usedBytes) : '',
  );
}
