/**
 * What the model said, or says now. The same component through both, so that
 * the last word costs one more block and not the whole answer again.
 */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../state/chat.ts';
import { useApp } from '../appContext.ts';
import { CopyButton } from './CopyButton.tsx';
import { say } from '../say.ts';
import { Prose } from './Prose.tsx';
import { useThrottled } from './useThrottled.ts';

interface AnswerProps {
  /** null while it is being spoken. */
  readonly message: Message | null;
  /** Nothing came after it. */
  readonly last: boolean;
}

/** Long unfinished blocks (a table, a listing) are parsed less often: their cost grows with each word. */
const QUICK_MS = 50;
const SLOW_MS = 250;
const LONG_BLOCK = 2000;

export function Answer({ message, last }: AnswerProps): ReactNode {
  const { chat } = useApp();
  const live = useStore(chat.store, (s) => (message ? null : s.answering));
  const growing = live?.shown ?? '';
  const lastBlock = growing.length - Math.max(0, growing.lastIndexOf('\n\n'));
  const shown = useThrottled(growing, lastBlock > LONG_BLOCK ? SLOW_MS : QUICK_MS);
  const text = message ? message.content : shown;
  const dropped = message?.droppedMessages ?? 0;
  return (
    <article className="answer" aria-label={say.chat.answer} aria-busy={message === null}>
      {dropped > 0 && <p className="note">{say.chat.dropped(dropped)}</p>}
      {!message && text === '' && (
        <p className="facts waiting">
          {live?.prefill ? say.chat.prefill(live.prefill.done, live.prefill.total) : say.chat.thinking}
        </p>
      )}
      <Prose text={text} live={message === null} />
      {message && <End message={message} last={last} />}
    </article>
  );
}

function End({ message, last }: { readonly message: Message; readonly last: boolean }): ReactNode {
  const { chat, models } = useApp();
  const canAsk = useStore(models.store, (s) => s.loaded !== null);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const { id, figures, end, content } = message;
  const silent = end === 'stop' && content === '';
  const note = silent ? say.chat.nothing : end ? say.chat.ends[end] : '';
  return (
    <>
      {note !== '' && <p className="note">{note}</p>}
      <div className="tools">
        {figures && figures.tokens > 0 && <span className="facts">{say.chat.figures(figures)}</span>}
        {content !== '' && <CopyButton label={say.chat.copy} text={() => content} />}
        {canAsk && !busy && last && (
          <button type="button" className="quiet small" onClick={() => chat.regenerate(id)}>
            {say.chat.again}
          </button>
        )}
      </div>
    </>
  );
}
