import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { count } from './format.ts';
import { say } from './say.ts';

type NumberKey =
  | 'temperature'
  | 'topK'
  | 'topP'
  | 'minP'
  | 'repetitionPenalty'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'maxTokens'
  | 'contextLength';

export interface NumberRange {
  readonly key: NumberKey;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export const SAMPLING: readonly NumberRange[] = [
  { key: 'temperature', min: 0, max: 2, step: 0.05 },
  { key: 'topK', min: 0, max: 1000, step: 1 },
  { key: 'topP', min: 0, max: 1, step: 0.01 },
  { key: 'minP', min: 0, max: 1, step: 0.01 },
  { key: 'repetitionPenalty', min: 0.5, max: 2, step: 0.01 },
  { key: 'frequencyPenalty', min: -2, max: 2, step: 0.05 },
  { key: 'presencePenalty', min: -2, max: 2, step: 0.05 },
  { key: 'maxTokens', min: 1, max: 1_000_000, step: 1 },
];

export function NumberField({ range }: { readonly range: NumberRange }): ReactNode {
  const { settings } = useApp();
  const { key, ...limits } = range;
  const value = useStore(settings.store, (s) => s[key]);
  const [label = '', hint = ''] = say.settings[key];
  return (
    <Field
      id={key}
      label={label}
      hint={hint}
      limits={limits}
      required
      value={String(value)}
      onChange={(number) => number !== null && settings.change({ [key]: number })}
    />
  );
}

export function SeedField(): ReactNode {
  const { settings } = useApp();
  const seed = useStore(settings.store, (s) => s.seed);
  const [label = '', hint = ''] = say.settings.seed;
  return (
    <Field
      id="seed"
      label={label}
      hint={hint}
      limits={{ min: 0, max: 0xffffffff, step: 1 }}
      required={false}
      value={seed === null ? '' : String(seed)}
      onChange={(number) => settings.change({ seed: number })}
    />
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly limits: Omit<NumberRange, 'key'>;
  readonly required: boolean;
  readonly value: string;
  /** null for an empty field. */
  readonly onChange: (value: number | null) => void;
}

/**
 * What is typed stays as it is typed until the field is left; what is no value of it changes nothing, and is told of.
 * Steps are for the arrows: a value between two of them is one too, where there are fractions.
 */
function Field({ id, label, hint, limits, required, value, onChange }: FieldProps): ReactNode {
  const [typed, setTyped] = useState<string | null>(null);
  const [refused, setRefused] = useState(false);
  const { min, max, step } = limits;
  const whole = step === 1;
  const change = ({ value: text, validity, valueAsNumber }: HTMLInputElement): void => {
    const { badInput, rangeUnderflow, rangeOverflow, stepMismatch, valueMissing } = validity;
    const wrong = badInput || rangeUnderflow || rangeOverflow || (whole && stepMismatch);
    setTyped(text);
    setRefused(wrong);
    if (!wrong && !valueMissing) onChange(text === '' ? null : valueAsNumber);
  };
  return (
    <div className="field number">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        {...limits}
        required={required}
        aria-invalid={refused && typed !== null}
        aria-describedby={`${id}-hint`}
        value={typed ?? value}
        onChange={({ currentTarget }) => change(currentTarget)}
        onBlur={() => setTyped(null)}
      />
      <p id={`${id}-hint`} className="facts">
        {hint}
      </p>
      <p className="facts bad" role="status">
        {refused && say.settings.refused(count(min), count(max), whole, value)}
      </p>
    </div>
  );
}
