/**
 * The conversations, at the left: a column beside the page where it is wide, a
 * modal drawer over it where it is not. Shown for as long as it is rendered.
 */
import { useLayoutEffect, useRef, useSyncExternalStore, type MouseEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { NARROW } from '../../state/sidebarMemory.ts';
import { useApp } from '../appContext.ts';
import { focusField, focusToWrite } from '../chat/focus.ts';
import { CloseIcon, NewIcon } from '../icons.tsx';
import { say } from '../say.ts';
import { useModal } from '../useModal.ts';
import { ConversationList } from './ConversationList.tsx';
import { ImportAndExport } from './ImportAndExport.tsx';
import { Notices } from './Notices.tsx';
import { Search } from './Search.tsx';

export function Sidebar(): ReactNode {
  const narrow = useNarrow();
  return narrow ? <Drawer /> : <Column />;
}

function Column(): ReactNode {
  const column = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = column.current;
    // Closed by a key while the focus is in it.
    return () => {
      if (element?.contains(document.activeElement) === true) focusField();
    };
  }, []);
  return (
    <nav ref={column} className="sidebar" aria-label={say.conversations.title}>
      <Inside onChosen={() => undefined} />
    </nav>
  );
}

function Drawer(): ReactNode {
  const { view } = useApp();
  const close = (): void => view.setSidebar(false);
  const modal = useModal(close);

  return (
    <dialog {...modal} className="dialog sidebar-drawer" aria-label={say.conversations.title}>
      <div className="sidebar">
        <div className="sidebar-head">
          <h2>{say.conversations.title}</h2>
          <button type="button" className="quiet round" aria-label={say.conversations.close} onClick={close}>
            <CloseIcon />
          </button>
        </div>
        <Inside onChosen={close} />
        <Notices />
      </div>
    </dialog>
  );
}

function Inside({ onChosen }: { readonly onChosen: () => void }): ReactNode {
  const { conversations } = useApp();
  const some = useStore(conversations.store, (s) => (s.heads?.length ?? 0) > 0);
  const create = ({ detail }: MouseEvent): void => {
    focusToWrite(detail);
    void conversations.create();
    onChosen();
  };
  return (
    <>
      <button type="button" className="new-chat" onClick={create}>
        <NewIcon />
        {say.conversations.new}
      </button>
      {some && <Search />}
      <ConversationList onChosen={onChosen} />
      <ImportAndExport />
    </>
  );
}

function useNarrow(): boolean {
  return useSyncExternalStore(listenNarrow, () => matchMedia(NARROW).matches);
}

function listenNarrow(onChange: () => void): () => void {
  const media = matchMedia(NARROW);
  media.addEventListener('change', onChange);
  return () => media.removeEventListener('change', onChange);
}
