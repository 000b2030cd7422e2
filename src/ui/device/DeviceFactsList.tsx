/** The facts, as adapter, browser and page tell them. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { FailureCode } from '../../base/failure.ts';
import type { DeviceReport, ShapeReport } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { browserName } from '../browser.ts';
import { nameOf } from '../DeviceLine.tsx';
import { count, size } from '../format.ts';
import { say } from '../say.ts';

/** `report` is null where the graphics processor can't be used. */
export function DeviceFactsList({ report }: { readonly report: DeviceReport | null }): ReactNode {
  const { device } = useApp();
  const storage = useStore(device.store, (s) => s.storage);
  const code = useStore(device.store, (s) => (s.device.phase === 'absent' ? s.device.failure.code : null));
  const { facts, yes, no, unknown, atLeast, used } = say.device;
  const memory = gigabytesOfMemory();
  const own: readonly (readonly [string, ReactNode])[] = [
    [facts.browser, browserName(navigator.userAgent)],
    [facts.memory, memory === null ? unknown : atLeast(memory)],
    [facts.cores, count(navigator.hardwareConcurrency)],
    [facts.storage, storage === null ? unknown : used(storage.usedBytes, storage.quotaBytes)],
  ];
  const rows =
    report === null
      ? [[facts.webgpu, withoutReport(code)] as const, ...own]
      : [...adapterRows(report), ...own];
  return (
    <>
      <dl className="device-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {report && <Limits limits={report.limits} />}
    </>
  );

  function adapterRows(known: DeviceReport): readonly (readonly [string, ReactNode])[] {
    const has = (feature: string): string => (known.features.includes(feature) ? yes : no);
    return [
      [facts.name, nameOf(known)],
      [facts.driver, driverWords(known)],
      [facts.webgpu, yes],
      [facts.f16, has('shader-f16')],
      [facts.subgroups, has('subgroups')],
      [facts.timestamps, has('timestamp-query')],
      [facts.buffer, size(known.maxBufferBytes)],
      [facts.binding, size(known.maxBindingBytes)],
      [facts.kernels, <Shapes key="shapes" report={known} />],
    ];
  }
}

/** The browser may have WebGPU where its graphics processor can't be used. */
function withoutReport(code: FailureCode | null): string {
  const { unknown, no, webgpu } = say.device;
  if (code === null) return unknown;
  return code === 'NO_WEBGPU' ? no : code === 'NO_ADAPTER' ? webgpu.noAdapter : webgpu.unused;
}

function driverWords({ vendor, architecture, description }: DeviceReport): string {
  const words = [vendor, architecture, description].filter((part) => part !== '');
  return words.length > 0 ? words.join(' · ') : say.device.facts.noWords;
}

function Shapes({ report }: { readonly report: DeviceReport }): ReactNode {
  return report.kernelShapes
    .toSorted((a, b) => Number(b.shape === report.kernelShape) - Number(a.shape === report.kernelShape))
    .map((shape) => <span key={shape.shape}>{shapeWords(shape, report.kernelShape)}</span>);
}

function shapeWords({ shape, passed, ms }: ShapeReport, chosen: string): string {
  const { shapes, shape: told, passedOver, wrong } = say.device;
  const name = shape === 'hardware' ? shapes.hardware : shapes.software;
  if (!passed) return wrong(name);
  return shape === chosen ? told(name, ms) : passedOver(told(name, ms));
}

function Limits({ limits }: Pick<DeviceReport, 'limits'>): ReactNode {
  return (
    <details>
      <summary>{say.device.facts.limits}</summary>
      <dl className="device-facts limits">
        {Object.entries(limits).map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Chromium alone tells, rounded and at most 8 (32 in later versions). */
function gigabytesOfMemory(): number | null {
  const told: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : null;
  return typeof told === 'number' ? told : null;
}
