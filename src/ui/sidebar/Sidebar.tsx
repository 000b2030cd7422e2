/**
 * The conversations, at the left: a column beside the page where it is wide, a
 * modal drawer over it where it is not. Shown for as long as it is rendered.
 */
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { CloseIcon, NewIcon } from '../icons.tsx';
import { say } from '../say.ts';
import { ConversationList } from './ConversationList.tsx';
import { ImportAndExport } from './ImportAndExport.tsx';
import { Notices } from './Notices.tsx';
import { Search } from './Search.tsx';

const NARROW = '(max-width: 45rem)';

export function Sidebar(): ReactNode {
  const narrow = useNarrow();
  return narrow ? <Drawer /> : <Column />;
}

function Column(): ReactNode {
  return (
    <nav className="sidebar" aria-label={say.conversations.title}>
      <Inside onChosen={() => undefined} />
    </nav>
  );
}

function Drawer(): ReactNode {
  const { view } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => view.setSidebar(false);

  useEffect(() => {
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="dialog sidebar-drawer"
      aria-label={say.conversations.title}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === dialog.current) close();
      }}
      onClick={(event) => {
        // The backdrop's clicks arrive at the dialog itself, those inside at what is in it.
        if (event.target === dialog.current) close();
      }}
    >
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
  const create = (): void => {
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
