/** The rows of the page's virtual list: questions, and answers in parts. */
import type { ChatFacts, Message } from '../../state/chat.ts';
import { liveShape, PART_LENGTH, shapeOf } from './shape.ts';

export interface Row {
  readonly key: string;
  /** Of the message, also of one that is still being spoken. */
  readonly id: string;
  /** null for the answer being spoken. */
  readonly message: Message | null;
  readonly part: number;
  /** The last part: what can be done with the message stands under it. */
  readonly end: boolean;
}

const known = new WeakMap<Message, readonly Row[]>();

export function rowsOf(message: Message): readonly Row[] {
  const rows = known.get(message);
  if (rows) return rows;
  // Most messages are short, and need not be looked into before they are drawn.
  const short = message.role === 'user' || message.content.length <= PART_LENGTH;
  const made = rowsFor(message.id, message, short ? 1 : shapeOf(message).parts.length);
  known.set(message, made);
  return made;
}

/** How many parts the answer being spoken has by now; 0 where none is. */
export function partsSpoken({ answering }: ChatFacts): number {
  return answering ? Math.max(1, liveShape(answering.id, answering.shown).parts.length) : 0;
}

export function rowsFor(id: string, message: Message | null, parts: number): readonly Row[] {
  const count = Math.max(1, parts);
  return Array.from({ length: count }, (_, part) => ({
    key: `${id} ${part}`,
    id,
    message,
    part,
    end: part === count - 1,
  }));
}
