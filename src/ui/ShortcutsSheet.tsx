import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { Dialog } from './Dialog.tsx';
import { say } from './say.ts';
import { SHORTCUTS, type Combo } from './shortcuts.ts';

export function ShortcutsSheet(): ReactNode {
  const { view, settings } = useApp();
  const singleKeys = useStore(settings.store, (s) => s.singleKeys);
  return (
    <Dialog title={say.shortcuts.title} kind="window" onClose={view.close}>
      <p>{say.shortcuts.note}</p>
      <dl className="shortcuts">
        {SHORTCUTS.map(({ act, combos }) => (
          <div key={act}>
            <dt>{say.shortcuts.acts[act]}</dt>
            <dd>
              {combos.map((combo, index) => (
                <span key={combo.key}>
                  {index > 0 && <span className="facts"> {say.shortcuts.or} </span>}
                  <Keys combo={combo} />
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={singleKeys}
          onChange={({ currentTarget }) => settings.change({ singleKeys: currentTarget.checked })}
        />
        {say.shortcuts.single}
      </label>
    </Dialog>
  );
}

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

function Keys({ combo }: { readonly combo: Combo }): ReactNode {
  const { named } = say.shortcuts;
  const keys = [
    combo.control === true && (MAC ? '⌘' : named.control),
    combo.shift === true && named.shift,
    combo.key === 'Escape' ? named.escape : combo.key.toUpperCase(),
  ].filter((key) => key !== false);
  return keys.map((key) => <kbd key={key}>{key}</kbd>);
}
