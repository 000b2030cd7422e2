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
  return (
    <div className="branches" role="group" aria-label={say.chat.branches}>
      <button
        type="button"
        className="quiet small sign"
        aria-label={say.chat.previousBranch}
        disabled={busy || at <= 1}
        onClick={() => chat.choose(id, -1)}
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
        onClick={() => chat.choose(id, 1)}
      >
        <ChevronRight className="icon" aria-hidden="true" />
      </button>
    </div>
  );
}
