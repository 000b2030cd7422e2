/** Settings: how the page looks, what models are told, how answers are drawn, how far they look back. */
import { useRef, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { LANGUAGES, PRESETS, presetOf, THEMES, type Preset, type Settings } from '../state/settings.ts';
import { useApp } from './appContext.ts';
import { ContextField } from './ContextField.tsx';
import { Dialog } from './Dialog.tsx';
import { NumberField, SeedField, SAMPLING } from './NumberField.tsx';
import { say } from './say.ts';
import { useWho } from './useWho.ts';
import { together } from './words.ts';

export function SettingsDialog(): ReactNode {
  const { view, install } = useApp();
  const offer = useStore(install, (s) => s.install);
  return (
    <Dialog title={say.settings.title} kind="drawer" onClose={view.close}>
      <Look />
      <h3>{say.settings.chats}</h3>
      <SystemPrompt />
      <h3>{say.settings.drawing}</h3>
      <Drawing />
      <h3>{say.settings.memory}</h3>
      <ContextField />
      <h3>{say.settings.more}</h3>
      <div className="row wrap">
        <button type="button" onClick={() => view.open('shortcuts')}>
          {say.shortcuts.title}
        </button>
        <button type="button" onClick={() => view.open('device')}>
          {say.frame.device}
        </button>
        <button type="button" onClick={() => view.open('about')}>
          {say.about.title}
        </button>
      </div>
      <Reset />
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

function Reset(): ReactNode {
  const { settings } = useApp();
  /** What the settings were before they went back to their defaults. */
  const [before, setBefore] = useState<Settings | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="row wrap">
      <button
        ref={button}
        type="button"
        onClick={() => {
          const now = settings.store.getState();
          settings.reset();
          // Pressed once more, it leaves what it did before to be undone.
          const again = JSON.stringify(now) === JSON.stringify(settings.store.getState());
          setBefore((kept) => (again && kept ? kept : now));
        }}
      >
        {say.settings.reset}
      </button>
      {before && (
        <button
          type="button"
          className="quiet"
          onClick={() => {
            settings.change(before);
            // This button goes.
            button.current?.focus();
            setBefore(null);
          }}
        >
          {say.notices.undo}
        </button>
      )}
      <p role="status" className="facts">
        {before && say.settings.resetDone}
      </p>
    </div>
  );
}

function Look(): ReactNode {
  const { settings } = useApp();
  const { theme, language, expertView } = useStore(settings.store);
  const [label, hint] = say.settings.expertView;
  return (
    <>
      <h3>{say.settings.look}</h3>
      <Choice
        label={say.settings.theme}
        options={THEMES}
        value={theme}
        names={say.settings.themes}
        onChange={(value) => settings.change({ theme: value })}
      />
      <Choice
        label={say.settings.language}
        options={LANGUAGES}
        value={language}
        names={say.settings.languages}
        onChange={(value) => settings.change({ language: value })}
      />
      <div className="field">
        <label className="check">
          <input
            type="checkbox"
            checked={expertView}
            aria-describedby="expert-view-hint"
            onChange={({ currentTarget }) => settings.change({ expertView: currentTarget.checked })}
          />
          {label}
        </label>
        <p id="expert-view-hint" className="facts">
          {hint}
        </p>
      </div>
    </>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly options: readonly Value[];
  readonly value: Value;
  readonly names: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string>({
  label,
  options,
  value,
  names,
  onChange,
}: ChoiceProps<Value>): ReactNode {
  return (
    <label className="field one-of">
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find((option) => option === currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {names[option]}
          </option>
        ))}
      </select>
    </label>
  );
}

function SystemPrompt(): ReactNode {
  const { settings } = useApp();
  const systemPrompt = useStore(settings.store, (s) => s.systemPrompt);
  return (
    <div className="field">
      <label htmlFor="system">{say.settings.system}</label>
      <textarea
        id="system"
        rows={4}
        aria-describedby="system-hint"
        value={systemPrompt}
        onChange={({ currentTarget }) => settings.change({ systemPrompt: currentTarget.value })}
      />
      <p id="system-hint" className="facts">
        {say.settings.systemHint}
      </p>
    </div>
  );
}

const CHOICES: readonly Preset[] = ['precise', 'balanced', 'inventive'];

function Drawing(): ReactNode {
  const { settings } = useApp();
  const current = useStore(settings.store, presetOf);
  const guide = useWho() === 'guide';
  return (
    <>
      <p className="facts">{together(say.settings.drawingHint, guide ? say.settings.guideOwn : '')}</p>
      <fieldset className="presets">
        <legend>{say.settings.preset}</legend>
        {[...CHOICES, ...(current === 'own' ? [current] : [])].map((preset) => (
          <label key={preset} className="check">
            <input
              type="radio"
              name="preset"
              checked={preset === current}
              onChange={() => {
                if (preset !== 'own') settings.change(PRESETS[preset]);
              }}
            />
            <span>
              {say.settings.presets[preset][0]}
              <span className="facts"> {say.settings.presets[preset][1]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <details className="each">
        <summary>{say.settings.each}</summary>
        {SAMPLING.map((range) => (
          <NumberField key={range.key} range={range} />
        ))}
        <SeedField />
      </details>
    </>
  );
}
