/** Before floats are imported: how precisely to keep them, and what each way costs. */
import { useId, useState, type ReactNode } from 'react';
import type { WeightsMode } from '../protocol/api.ts';
import type { Offer } from '../state/models.ts';
import { useApp } from './appContext.ts';
import { Dialog } from './Dialog.tsx';
import { say } from './english.ts';
import { size } from './format.ts';

/** Of the room that 16-bit floats take; under 4 bits the embeddings keep 8. */
const SHARES: Readonly<Record<WeightsMode, number>> = { keep: 1, q8: 8.5 / 16, q4: 4.8 / 16 };
const MODES = ['keep', 'q8', 'q4'] as const;

export function WeightsDialog({ offer }: { readonly offer: Offer }): ReactNode {
  const { models } = useApp();
  const { title, bytes, remote, surelyFloats } = offer;
  const [chosen, choose] = useState<WeightsMode>('keep');
  return (
    <Dialog title={say.weights.title} kind="confirm" onClose={models.declineOffer}>
      <form
        className="weights"
        onSubmit={(event) => {
          event.preventDefault();
          models.decide(chosen);
        }}
      >
        <p className="weights-about">
          {remote ? say.weights.remote(title, size(bytes)) : say.weights.local(title, size(bytes))}
        </p>
        <fieldset className="choices">
          <legend className="unseen">{say.weights.title}</legend>
          {MODES.map((mode) => (
            <Choice
              key={mode}
              mode={mode}
              bytes={bytes * SHARES[mode]}
              chosen={mode === chosen}
              onChoose={() => choose(mode)}
            />
          ))}
        </fieldset>
        <p className="facts">{surelyFloats ? say.weights.note : say.weights.noteUnknown}</p>
        <div className="row end">
          <button type="button" onClick={models.declineOffer}>
            {say.chat.cancel}
          </button>
          <button type="submit" className="strong">
            {remote ? say.weights.download : say.weights.import}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly mode: WeightsMode;
  readonly bytes: number;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ mode, bytes, chosen, onChoose }: ChoiceProps): ReactNode {
  const hint = useId();
  const [name, words] = say.weights.modes[mode];
  return (
    <div className="choice">
      <label>
        <input
          type="radio"
          name="weights"
          value={mode}
          checked={chosen}
          onChange={onChoose}
          aria-describedby={hint}
        />
        <strong>{name}</strong>
        <span className="facts">{mode === 'keep' ? size(bytes) : say.weights.about(size(bytes))}</span>
      </label>
      <p id={hint} className="facts">
        {words}
      </p>
    </div>
  );
}
