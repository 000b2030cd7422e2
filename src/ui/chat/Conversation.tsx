import { memo, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../state/chat.ts';
import { Answer } from './Answer.tsx';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { DownIcon } from '../icons.tsx';
import { Question } from './Question.tsx';
import { useFollow } from './useFollow.ts';

export function Conversation(): ReactNode {
  const { chat } = useApp();
  const messages = useStore(chat.store, (s) => s.messages);
  const speaking = useStore(chat.store, (s) => s.answering?.id ?? null);
  const { following, toEnd } = useFollow();
  const questions = messages.filter(({ role }) => role === 'user').length;

  // Whoever asks wants to see the answer.
  useEffect(() => {
    if (questions > 0) toEnd();
  }, [questions, toEnd]);

  const turns: readonly Turn[] = messages.map((message) => ({ id: message.id, message }));
  const all = speaking === null ? turns : [...turns, { id: speaking, message: null }];
  return (
    <section className="conversation" aria-label={say.chat.conversation}>
      {all.map(({ id, message }, index) => (
        <TurnView key={id} message={message} last={index === all.length - 1} />
      ))}
      <Finished />
      {!following && (
        <button
          type="button"
          className="latest round"
          aria-label={say.chat.latest}
          title={say.chat.latest}
          onClick={toEnd}
        >
          <DownIcon />
        </button>
      )}
    </section>
  );
}

interface Turn {
  readonly id: string;
  /** null for the answer being spoken. */
  readonly message: Message | null;
}

interface TurnProps {
  readonly message: Message | null;
  readonly last: boolean;
}

const TurnView = memo(function TurnView({ message, last }: TurnProps): ReactNode {
  return message?.role === 'user' ? (
    <Question message={message} last={last} />
  ) : (
    <Answer message={message} last={last} />
  );
});

/** Tells a screen reader the whole answer once, instead of each word as it comes. */
function Finished(): ReactNode {
  const { chat } = useApp();
  const [told, setTold] = useState('');
  useEffect(
    () =>
      chat.store.subscribe((now, before) => {
        if (now.answering && !before.answering) setTold('');
        if (before.answering && !now.answering) setTold(now.messages.at(-1)?.content ?? '');
      }),
    [chat],
  );
  return (
    <div className="unseen" aria-live="polite">
      {told !== '' && `${say.chat.finished} ${told.replace(/[*_`#>|]+/g, ' ')}`}
    </div>
  );
}
