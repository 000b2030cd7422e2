import { useEffect, useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { say } from './english.ts';
import { DownIcon } from './icons.tsx';
import { LiveAnswer, MessageView } from './Messages.tsx';
import { useFollow } from './useFollow.ts';

export function Conversation(): ReactNode {
  const { chat } = useApp();
  const messages = useStore(chat.store, (s) => s.messages);
  const { following, toEnd } = useFollow();
  const questions = messages.filter(({ role }) => role === 'user').length;

  // Whoever asks wants to see the answer.
  useEffect(() => {
    toEnd();
  }, [questions, toEnd]);

  return (
    <section className="conversation" aria-label={say.chat.conversation}>
      {messages.map((message, index) => (
        <MessageView key={message.id} message={message} last={index === messages.length - 1} />
      ))}
      <LiveAnswer />
      <Finished />
      {!following && (
        <button type="button" className="latest round" aria-label={say.chat.latest} title={say.chat.latest} onClick={toEnd}>
          <DownIcon />
        </button>
      )}
    </section>
  );
}

/** Tells a screen reader the whole answer once, instead of each word as it comes. */
function Finished(): ReactNode {
  const { chat } = useApp();
  const seen = useRef<string | null>(null);
  const words = useStore(chat.store, (s) => {
    if (s.answering) {
      seen.current = s.answering.id;
      return '';
    }
    const last = s.messages.at(-1);
    return last && last.id === seen.current ? `${say.chat.finished} ${last.content}` : '';
  });
  return (
    <div className="unseen" aria-live="polite">
      {words}
    </div>
  );
}
