/** Before floats are imported: how precisely to keep them, and what each way costs. */
import { useId, useState, type ReactNode } from 'react';
import type { WeightsMode } from '../../protocol/api.ts';
import type { Offer } from '../../state/models.ts';
import { useApp } from '../appContext.ts';
import { Dialog } from '../Dialog.tsx';
import { say } from '../say.ts';
import { useFit } from './useFit.ts';
import { size } from '../format.ts';

/** A scale for each 32 weights is half a bit more; under 4 bits embeddings keep 8. */
const BITS = { q8: 8.5, q4: 4.8 } as const;
/** What nearly all are published in. */
const USUAL_BITS = 16;
const MODES = ['keep', 'q8', 'q4'] as const;

export function WeightsDialog({ offer }: { readonly offer: Offer }): ReactNode {
  const { models } = useApp();
  const { title, bytes, remote, bits } = offer;
  const room = (mode: WeightsMode): number =>
    mode === 'keep' ? bytes : (bytes * BITS[mode]) / (bits ?? USUAL_BITS);
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
              bytes={room(mode)}
              chosen={mode === chosen}
              onChoose={() => choose(mode)}
            />
          ))}
        </fieldset>
        {bits === null && <p className="facts">{say.weights.unknown}</p>}
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
  // Of a model that has not been read only its weights are known.
  const { verdict } = useFit()({ storedBytes: bytes, kvBytesPerToken: 0, contextLength: 0 });
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
        {words} <span className={`verdict ${verdict}`}>{say.fit.verdicts[verdict]}</span>
      </p>
    </div>
  );
}
