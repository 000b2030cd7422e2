/** Short news of the conversations, said politely; a removal can be taken back here. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Notice } from '../../state/notices.ts';
import { useApp } from '../appContext.ts';
import { leaveByKey } from '../chat/focus.ts';
import { CloseIcon } from '../icons.tsx';
import { say } from '../say.ts';

export function Notices(): ReactNode {
  const { notices } = useApp();
  const list = useStore(notices.store, (s) => s.notices);
  return (
    <div className="notices" role="status" aria-label={say.notices.region}>
      {list.map((notice) => (
        <NoticeBox key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeBox({ notice }: { readonly notice: Notice }): ReactNode {
  const { notices, conversations } = useApp();
  return (
    <div className="notice">
      <p>{wordsOf(notice)}</p>
      {notice.kind === 'removed' && (
        <button
          type="button"
          className="small"
          onClick={({ currentTarget, detail }) => {
            leaveByKey(currentTarget, detail);
            void conversations.undoRemove();
          }}
        >
          {say.notices.undo}
        </button>
      )}
      <button
        type="button"
        className="quiet round"
        aria-label={say.notices.dismiss}
        onClick={({ currentTarget, detail }) => {
          leaveByKey(currentTarget, detail);
          notices.dismiss(notice.id);
        }}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

function wordsOf(notice: Notice): string {
  const words = say.notices;
  switch (notice.kind) {
    case 'removed':
      return words.removed(notice.head.title === '' ? say.conversations.untitled : notice.head.title);
    case 'setAside':
      return words.setAside(notice.count);
    case 'newer':
      return words.newer;
    case 'imported':
      return words.imported(notice.count);
    case 'importRefused':
      return words.importRefused(notice.name, notice.why, notice.at);
    case 'fileRefused':
      return words.fileRefused(notice.name, notice.why, notice.tokens, notice.allowed);
    default:
      return notice satisfies never;
  }
}
