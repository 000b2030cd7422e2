/** What this device is, whether its graphics processor computes right, and how fast. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { Alerts } from '../Alerts.tsx';
import { useApp } from '../appContext.ts';
import { Dialog } from '../Dialog.tsx';
import { say } from '../say.ts';
import { BenchmarkSection } from './BenchmarkSection.tsx';
import { DeviceFactsList } from './DeviceFactsList.tsx';
import { NoGpu } from './NoGpu.tsx';
import { SelfTestSection } from './SelfTestSection.tsx';
import { useTrouble } from './useTrouble.ts';

export function DevicePage(): ReactNode {
  const { device: room, view } = useApp();
  const device = useStore(room.store, (s) => s.device);
  const report = device.phase === 'ready' ? device.report : null;
  // All kernels being wrong is the very thing the self-test tells more about.
  const testable =
    report !== null || (device.phase === 'absent' && device.failure.code === 'KERNEL_CHECK_FAILED');
  const trouble = useTrouble();
  return (
    <Dialog title={say.device.title} kind="window" onClose={view.close}>
      <Alerts />
      {device.phase === 'asking' && <p>{say.device.asking}</p>}
      {trouble && <NoGpu failure={trouble} open />}
      {report && !trouble && <p>{report.software ? say.device.verdict.software : say.device.verdict.gpu}</p>}
      <DeviceFactsList report={report} />
      {testable && <SelfTestSection report={report} />}
      {report && <BenchmarkSection software={report.software} />}
    </Dialog>
  );
}
