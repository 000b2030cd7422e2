import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Settings } from '../state/settings.ts';
import { useApp } from './appContext.ts';
import { Dialog } from './Dialog.tsx';
import { say } from './say.ts';
import { count, size } from './format.ts';

type NumberKey = Exclude<keyof Settings, 'systemPrompt' | 'seed'>;

interface Range {
  readonly key: NumberKey;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

const RANGES: readonly Range[] = [
  { key: 'temperature', min: 0, max: 2, step: 0.05 },
  { key: 'topK', min: 0, max: 1000, step: 1 },
  { key: 'topP', min: 0, max: 1, step: 0.01 },
  { key: 'minP', min: 0, max: 1, step: 0.01 },
  { key: 'repetitionPenalty', min: 0.5, max: 2, step: 0.01 },
  { key: 'frequencyPenalty', min: -2, max: 2, step: 0.05 },
  { key: 'presencePenalty', min: -2, max: 2, step: 0.05 },
  { key: 'maxTokens', min: 1, max: 1_000_000, step: 1 },
  { key: 'contextLength', min: 256, max: 1_000_000, step: 1 },
];

export function SettingsDrawer(): ReactNode {
  const { view, settings, install } = useApp();
  const offer = useStore(install, (s) => s.install);
  // The fields hold what is typed; going back to the defaults makes new ones.
  const [round, setRound] = useState(0);
  const reset = (): void => {
    settings.reset();
    setRound(round + 1);
  };
  return (
    <Dialog title={say.settings.title} kind="drawer" onClose={view.close}>
      <div key={round} className="settings">
        <SystemPrompt />
        <h3>{say.settings.drawing}</h3>
        {RANGES.map((range) => (
          <NumberField key={range.key} range={range} />
        ))}
        <SeedField />
      </div>
      <button type="button" onClick={reset}>
        {say.settings.reset}
      </button>
      <DeviceFactsList />
      {offer && (
        <div className="field">
          <button type="button" className="strong" onClick={offer}>
            {say.settings.install}
          </button>
          <p className="facts">{say.settings.installHint}</p>
        </div>
      )}
    </Dialog>
  );
}

function SystemPrompt(): ReactNode {
  const { settings } = useApp();
  return (
    <div className="field">
      <label htmlFor="system">{say.settings.system}</label>
      <textarea
        id="system"
        rows={4}
        aria-describedby="system-hint"
        defaultValue={settings.store.getState().systemPrompt}
        onChange={({ currentTarget }) => settings.change({ systemPrompt: currentTarget.value })}
      />
      <p id="system-hint" className="facts">
        {say.settings.systemHint}
      </p>
    </div>
  );
}

function NumberField({ range }: { readonly range: Range }): ReactNode {
  const { settings } = useApp();
  const { key, ...limits } = range;
  const [label, hint] = say.settings[key];
  return (
    <div className="field number">
      <label htmlFor={key}>{label}</label>
      <input
        id={key}
        type="number"
        {...limits}
        required
        aria-describedby={`${key}-hint`}
        defaultValue={settings.store.getState()[key]}
        onChange={({ currentTarget }) => {
          // Half-typed numbers change nothing.
          if (currentTarget.validity.valid) settings.change({ [key]: currentTarget.valueAsNumber });
        }}
      />
      <p id={`${key}-hint`} className="facts">
        {hint}
      </p>
    </div>
  );
}

function SeedField(): ReactNode {
  const { settings } = useApp();
  const [label, hint] = say.settings.seed;
  return (
    <div className="field number">
      <label htmlFor="seed">{label}</label>
      <input
        id="seed"
        type="number"
        min={0}
        max={0xffffffff}
        step={1}
        aria-describedby="seed-hint"
        defaultValue={settings.store.getState().seed ?? ''}
        onChange={({ currentTarget: { validity, value, valueAsNumber } }) => {
          if (validity.valid) settings.change({ seed: value === '' ? null : valueAsNumber });
        }}
      />
      <p id="seed-hint" className="facts">
        {hint}
      </p>
    </div>
  );
}

function DeviceFactsList(): ReactNode {
  const { device, models } = useApp();
  const state = useStore(device.store, (s) => s.device);
  const loaded = useStore(models.store, (s) => s.loaded);
  if (state.phase !== 'ready') return null;
  const { report } = state;
  const words = say.settings.deviceFacts;
  const facts: readonly (readonly [string, string])[] = [
    [
      words.adapter,
      [report.vendor, report.architecture, report.description].filter((part) => part !== '').join(' · '),
    ],
    [words.kind, report.software ? say.settings.softwareKind : say.settings.hardwareKind],
    [words.shape, report.kernelShape],
    [words.buffer, size(report.maxBufferBytes)],
    [words.features, report.features.join(', ')],
    ...(loaded ? [[words.context, count(loaded.contextLength)] as const] : []),
  ];
  return (
    <>
      <h3>{say.settings.deviceTitle}</h3>
      <dl className="device">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
