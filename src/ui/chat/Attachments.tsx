/** Text files that go with the next message. */
import { Paperclip } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { Chips } from './Chips.tsx';

export function Attachments(): ReactNode {
  const { chat } = useApp();
  const attachments = useStore(chat.store, (s) => s.attachments);
  return (
    <Chips label={say.chat.attached} attachments={attachments} onRemove={(index) => chat.detach(index)} />
  );
}

export function AttachButton(): ReactNode {
  const { chat } = useApp();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="quiet round attach"
        aria-label={say.chat.attach}
        title={say.chat.attach}
        onClick={() => chooser.current?.click()}
      >
        <Paperclip className="icon" aria-hidden="true" />
      </button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={say.chat.attach}
        onChange={({ currentTarget }) => {
          void chat.attach([...(currentTarget.files ?? [])]);
          // The same file may be chosen again after it was removed.
          currentTarget.value = '';
        }}
      />
    </>
  );
}
