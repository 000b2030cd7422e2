/** ‹ 2/3 ›: which of several answers, or of several wordings of a question, is shown. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

export function Branches({ id }: { readonly id: string }): ReactNode {
  const { chat } = useApp();
  // The tree has changed whenever the branch that is shown has.
  useStore(chat.store, (s) => s.messages);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const { at, count } = chat.siblings(id);
  if (count < 2) return null;
  /** The branch chosen has buttons of its own: the focus goes on to the same one. */
  const choose = (step: -1 | 1): void => {
    const place = chat.store.getState().messages.findIndex((message) => message.id === id);
    chat.choose(id, step);
    const chosen = chat.store.getState().messages[place]?.id;
    if (chosen !== undefined) requestAnimationFrame(() => focusOnceDrawn(chosen, step));
  };
  return (
    <div className="branches" role="group" aria-label={say.chat.branches} data-branches={id}>
      <button
        type="button"
        className="quiet small sign"
        aria-label={say.chat.previousBranch}
        disabled={busy || at <= 1}
        onClick={() => choose(-1)}
      >
        <ChevronLeft className="icon" aria-hidden="true" />
      </button>
      <span className="facts" aria-hidden="true">
        {say.chat.branch(at, count)}
      </span>
      <span className="unseen">{say.chat.branchSaid(at, count)}</span>
      <button
        type="button"
        className="quiet small sign"
        aria-label={say.chat.nextBranch}
        disabled={busy || at >= count}
        onClick={() => choose(1)}
      >
        <ChevronRight className="icon" aria-hidden="true" />
      </button>
    </div>
  );
}

/** Rows are drawn hidden, until their height is known. */
function focusOnceDrawn(id: string, step: -1 | 1, frames = 30): void {
  const at = document.activeElement;
  if (at !== document.body && at?.classList.contains('conversation') !== true) return;
  const buttons = document.querySelectorAll<HTMLElement>(
    `[data-branches="${CSS.escape(id)}"] button:not(:disabled)`,
  );
  const button = step === 1 ? buttons[buttons.length - 1] : buttons[0];
  button?.focus({ preventScroll: true });
  if (frames > 0 && (!button || document.activeElement !== button))
    requestAnimationFrame(() => focusOnceDrawn(id, step, frames - 1));
}
