/** What was said, by the user and by the model, and what can be done with it. */
import { memo, type FormEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../state/chat.ts';
import { useApp } from './appContext.ts';
import { CopyButton } from './CopyButton.tsx';
import { say } from './english.ts';
import { LiveProse, Prose } from './Prose.tsx';

interface Props {
  readonly message: Message;
  /** Nothing was answered to it, or after it. */
  readonly last: boolean;
}

export const MessageView = memo(function MessageView({ message, last }: Props): ReactNode {
  return message.role === 'user' ? <Question message={message} last={last} /> : <Answer message={message} last={last} />;
});

function Question({ message, last }: Props): ReactNode {
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
      <textarea name="text" autoFocus aria-label={say.chat.editLabel} defaultValue={message.content} rows={Math.min(8, message.content.split('\n').length + 1)} />
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

function Answer({ message, last }: Props): ReactNode {
  const { chat, models } = useApp();
  const canAsk = useStore(models.store, (s) => s.loaded !== null);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const { figures, end, droppedMessages, content } = message;
  const note = end ? say.chat.ends[end] : '';
  return (
    <article className="answer" aria-label={say.chat.answer}>
      {droppedMessages > 0 && <p className="note">{say.chat.dropped(droppedMessages)}</p>}
      <Prose text={content} live={false} />
      {note !== '' && <p className="note">{note}</p>}
      <div className="tools">
        {figures && <span className="facts">{say.chat.figures(figures)}</span>}
        <CopyButton label={say.chat.copy} text={() => content} />
        {canAsk && !busy && last && (
          <button type="button" className="quiet small" onClick={() => chat.regenerate(message.id)}>
            {say.chat.again}
          </button>
        )}
      </div>
    </article>
  );
}

export function LiveAnswer(): ReactNode {
  const { chat } = useApp();
  const answering = useStore(chat.store, (s) => s.answering);
  if (!answering) return null;
  const { shown, prefill } = answering;
  return (
    <article className="answer" aria-label={say.chat.answer} aria-busy="true">
      {shown === '' ? (
        <p className="facts waiting">{prefill ? say.chat.prefill(prefill.done, prefill.total) : say.chat.thinking}</p>
      ) : (
        <LiveProse text={shown} />
      )}
    </article>
  );
}
