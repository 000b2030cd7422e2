/** What the user said, and how it is said again. */
import { useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../state/chat.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { useWho } from '../useWho.ts';
import { Branches } from './Branches.tsx';
import { Chips } from './Chips.tsx';
import { CopyButton } from './CopyButton.tsx';
import { focusConversation, focusField } from './focus.ts';
import { isComposing } from './isComposing.ts';

interface QuestionProps {
  readonly message: Message;
  /** Nothing was answered to it. */
  readonly last: boolean;
}

export function Question({ message, last }: QuestionProps): ReactNode {
  const { chat, models } = useApp();
  const editing = useStore(chat.store, (s) => s.editing === message.id);
  const canAsk = useStore(models.store, (s) => s.loaded !== null);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  /** The focus comes back to the button that was pressed to edit; from the field it goes back there. */
  const [back, setBack] = useState(false);
  if (editing) return <Rewrite message={message} onCancel={back ? null : focusField} />;
  return (
    <article className="question" aria-label={say.chat.you}>
      <Chips label={say.chat.files} attachments={message.attachments} />
      {message.content !== '' && (
        <div className="said" dir="auto">
          {message.content}
        </div>
      )}
      <div className="tools">
        <Branches id={message.id} />
        <CopyButton label={say.chat.copy} text={() => message.content} />
        {canAsk && !busy && (
          <button
            type="button"
            className="quiet small"
            autoFocus={back}
            onFocus={() => setBack(false)}
            onClick={() => {
              setBack(true);
              chat.edit(message.id);
            }}
          >
            {say.chat.edit}
          </button>
        )}
        {canAsk && !busy && last && (
          <button
            type="button"
            className="quiet small"
            onClick={({ currentTarget }) => {
              focusConversation(currentTarget);
              chat.regenerate(message.id);
            }}
          >
            {say.chat.askAgain}
          </button>
        )}
      </div>
    </article>
  );
}

/** What was typed outlives the row, which goes when it is scrolled far away. */
const typed = new Map<string, string>();

interface RewriteProps {
  readonly message: Message;
  readonly onCancel: (() => void) | null;
}

function Rewrite({ message, onCancel }: RewriteProps): ReactNode {
  const { chat, view } = useApp();
  const who = useWho();
  const { id } = message;
  const text = typed.get(id) ?? message.content;
  const cancel = (): void => {
    typed.delete(id);
    onCancel?.();
    chat.edit(null);
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (who === 'nobody') view.open('models');
    if (who === 'nobody' || who === 'elsewhere') return;
    const field = event.currentTarget.elements.namedItem('text');
    if (!(field instanceof HTMLTextAreaElement)) return;
    typed.delete(id);
    chat.rewrite(id, field.value);
  };
  const keyDown = (event: KeyboardEvent<HTMLFormElement>): void => {
    if (isComposing(event)) return;
    if (event.key === 'Escape') cancel();
    const enter = event.key === 'Enter' && !event.shiftKey;
    if (!enter || !(event.target instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    event.currentTarget.requestSubmit();
    if (chat.store.getState().editing === null) focusField();
  };
  return (
    <form className="rewrite" onSubmit={submit} onKeyDown={keyDown}>
      <textarea
        name="text"
        dir="auto"
        autoFocus
        aria-label={say.chat.editLabel}
        defaultValue={text}
        rows={Math.min(8, text.split('\n').length + 1)}
        onChange={({ currentTarget }) => typed.set(id, currentTarget.value)}
        onFocus={({ currentTarget }) => currentTarget.setSelectionRange(text.length, text.length)}
      />
      <div className="row">
        <span className="facts">{who === 'elsewhere' ? say.tabs.title : say.chat.editNote}</span>
        <button type="button" onClick={cancel}>
          {say.chat.cancel}
        </button>
        <button type="submit" className="strong" disabled={who === 'elsewhere'}>
          {say.chat.save}
        </button>
      </div>
    </form>
  );
}
