/** What the user said, and how it is said again. */
import type { FormEvent, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../state/chat.ts';
import { useApp } from '../appContext.ts';
import { CopyButton } from './CopyButton.tsx';
import { say } from '../say.ts';

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
      <div className="said">{message.content}</div>
      <div className="tools">
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

function Rewrite({ message }: { readonly message: Message }): ReactNode {
  const { chat } = useApp();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem('text');
    if (field instanceof HTMLTextAreaElement) chat.rewrite(message.id, field.value);
  };
  return (
    <form className="rewrite" onSubmit={submit} onKeyDown={({ key }) => key === 'Escape' && chat.edit(null)}>
      <textarea
        name="text"
        autoFocus
        aria-label={say.chat.editLabel}
        defaultValue={message.content}
        rows={Math.min(8, message.content.split('\n').length + 1)}
      />
      <div className="row">
        <span className="facts">{say.chat.editNote}</span>
        <button type="button" onClick={() => chat.edit(null)}>
          {say.chat.cancel}
        </button>
        <button type="submit" className="strong">
          {say.chat.save}
        </button>
      </div>
    </form>
  );
}
