/** Before the first message: what this is, whether this device can do it, and the one next step. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { DeviceReport } from '../protocol/api.ts';
import type { DeviceFacts } from '../state/device.ts';
import { AddModel } from './AddModel.tsx';
import { useApp } from './appContext.ts';
import { browserOf } from './browser.ts';
import { say } from './english.ts';
import { Mark } from './icons.tsx';
import { ModelList } from './ModelList.tsx';
import { wordsFor } from './words.ts';

export function Welcome(): ReactNode {
  const { models } = useApp();
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  return (
    <section className="welcome">
      {!loaded && (
        <>
          <Mark />
          <p className="what">{say.what}</p>
          <DeviceLine />
        </>
      )}
      <NextStep />
    </section>
  );
}

function DeviceLine(): ReactNode {
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
    storage ? say.device.free(storage.quotaBytes - storage.usedBytes) : '',
  );
}

function NextStep(): ReactNode {
  const { models, device } = useApp();
  const absent = useStore(device.store, (s) => s.device.phase === 'absent');
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  const known = useStore(models.store, (s) => s.cards !== null);
  const some = useStore(models.store, (s) => s.imports.length > 0 || (s.cards?.length ?? 0) > 0);
  if (absent || !known) return null;
  if (loaded) return <Suggestions />;
  if (some) return <ModelList />;
  return (
    <>
      <h2 className="next">{say.add.first}</h2>
      <AddModel />
    </>
  );
}

function Suggestions(): ReactNode {
  const { chat } = useApp();
  const ask = (question: string): void => {
    chat.setDraft(question);
    chat.send();
  };
  return (
    <ul className="suggestions">
      {say.chat.suggestions.map((question) => (
        <li key={question}>
          <button type="button" onClick={() => ask(question)}>
            {question}
          </button>
        </li>
      ))}
    </ul>
  );
}
