/**
 * A part of what the model said, or says now. The same component through both,
 * so that the last word costs one more block and not the whole answer again.
 */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { AnswerEnd } from './AnswerEnd.tsx';
import { Prose } from './Prose.tsx';
import { Reasoning } from './Reasoning.tsx';
import type { Row } from './rows.ts';
import { shapeOf } from './shape.ts';
import { useLive } from './useLive.ts';

interface AnswerProps {
  readonly row: Row;
  /** Nothing came after it. */
  readonly last: boolean;
}

export function Answer({ row, last }: AnswerProps): ReactNode {
  const { chat } = useApp();
  const { id, message, part, end } = row;
  const live = useLive(chat.store, message ? null : id);
  const thoughtMs = useStore(chat.store, ({ answering }) =>
    message ? message.reasoningMs : answering?.id === id ? answering.reasoningMs : null,
  );
  const shape = message ? shapeOf(message) : live;
  const shown = shape?.parts[part];
  const first = part === 0;
  const dropped = message?.droppedMessages ?? 0;
  return (
    <article
      className={last ? 'answer' : 'answer older'}
      aria-label={first ? say.chat.answer : say.chat.continued}
      aria-busy={message === null && end}
      data-message={id}
    >
      {first && dropped > 0 && <p className="note">{say.chat.dropped(dropped)}</p>}
      {first && !message && !shown && shape?.reasoning === '' && !shape.open && <Waiting />}
      {first && shape && (shape.reasoning !== '' || shape.open) && (
        <Reasoning id={id} text={shape.reasoning} open={shape.open && message === null} ms={thoughtMs} />
      )}
      {shown && (
        <Prose blocks={shown.blocks} definitions={shape.definitions} live={message === null && end} />
      )}
      {message && end && <AnswerEnd message={message} last={last} />}
    </article>
  );
}

function Waiting(): ReactNode {
  const { chat } = useApp();
  const prefill = useStore(chat.store, (s) => s.answering?.prefill ?? null);
  return (
    <p className="facts waiting">
      {prefill ? say.chat.prefill(prefill.done, prefill.total) : say.chat.thinking}
    </p>
  );
}
