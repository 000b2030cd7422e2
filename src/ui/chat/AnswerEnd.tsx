/** Under an answer: how it ended, what can be done with it, and its figures for who asks. */
import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { canGoOn, type Message } from '../../state/chat.ts';
import { saidByGuide } from '../../state/conversation.ts';
import { useApp } from '../appContext.ts';
import { cardTitle } from '../modelTitle.ts';
import { say } from '../say.ts';
import { Branches } from './Branches.tsx';
import { CopyButton } from './CopyButton.tsx';
import { focusConversation } from './focus.ts';
import { shapeOf } from './shape.ts';

interface EndProps {
  readonly message: Message;
  /** Nothing came after it: it can be gone on with. */
  readonly last: boolean;
}

export function AnswerEnd({ message, last }: EndProps): ReactNode {
  const { chat, models } = useApp();
  const canAsk = useStore(models.store, (s) => s.loaded !== null);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const [asked, setAsked] = useState(false);
  const { id, figures } = message;
  const { answer } = shapeOf(message);
  const note = noteFor(message);
  const told = figures && figures.tokens > 0;
  return (
    <>
      {note !== '' && <p className="note">{note}</p>}
      <div className="tools">
        <Branches id={id} />
        {answer !== '' && <CopyButton label={say.chat.copy} text={() => answer} />}
        {canAsk && !busy && last && canGoOn(message) && (
          <button
            type="button"
            className="quiet small"
            onClick={({ currentTarget }) => {
              focusConversation(currentTarget);
              chat.goOn(id);
            }}
          >
            {say.chat.goOn}
          </button>
        )}
        {canAsk && !busy && (
          <button type="button" className="quiet small" onClick={() => chat.regenerate(id)}>
            {say.chat.again}
          </button>
        )}
        {told && (
          <button
            type="button"
            className="quiet small figures-button"
            aria-expanded={asked}
            title={say.chat.aboutAnswer}
            onClick={() => setAsked(!asked)}
          >
            {say.chat.speed(figures.tokensPerSecond)}
          </button>
        )}
      </div>
      {told && asked && <Facts message={message} figures={figures} />}
    </>
  );
}

function noteFor(message: Message): string {
  const { end, content } = message;
  if (end === null) return '';
  if (end !== 'stop') return say.chat.ends[end];
  if (content.trim() === '') return say.chat.nothing;
  return shapeOf(message).answer === '' ? say.chat.onlyThought : '';
}

interface FactsProps {
  readonly message: Message;
  readonly figures: NonNullable<Message['figures']>;
}

function Facts({ message: { end }, figures }: FactsProps): ReactNode {
  const { facts } = say.chat;
  const { tokens, tokensPerSecond, timeToFirstTokenMs } = figures;
  const rows = [
    [facts.model, cardTitle({ builtIn: saidByGuide(figures), title: figures.model })],
    [facts.tokens, say.chat.tokens(tokens)],
    [facts.speed, say.chat.speed(tokensPerSecond)],
    [facts.first, say.chat.firstAfter(timeToFirstTokenMs)],
    [facts.end, end === null ? '' : say.chat.ended[end]],
  ] as const;
  return (
    <dl className="answer-facts facts" aria-label={say.chat.aboutAnswer}>
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
