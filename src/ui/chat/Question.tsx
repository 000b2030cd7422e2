/** What the user said, and how it is said again. */
import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../state/chat.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { Branches } from './Branches.tsx';
import { Chips } from './Chips.tsx';
import { CopyButton } from './CopyButton.tsx';
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
  if (editing) return <Rewrite message={message} />;
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
          <button type="button" className="quiet small" onClick={() => chat.edit(message.id)}>
            {say.chat.edit}
          </button>
        )}
        {canAsk && !busy && last && (
          <button type="button" className="quiet small" onClick={() => chat.regenerate(message.id)}>
            {say.chat.askAgain}
          </button>
        )}
      </div>
    </article>
  );
}

/** What was typed outlives the row, which goes when it is scrolled far away. */
const typed = new Map<string, string>();

function Rewrite({ message }: { readonly message: Message }): ReactNode {
  const { chat } = useApp();
  const { id } = message;
  const text = typed.get(id) ?? message.content;
  const cancel = (): void => {
    typed.delete(id);
    chat.edit(null);
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
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
        <span className="facts">{say.chat.editNote}</span>
        <button type="button" onClick={cancel}>
          {say.chat.cancel}
        </button>
        <button type="submit" className="strong">
          {say.chat.save}
        </button>
      </div>
    </form>
  );
}
