/** The conversation. */
import type { Message } from '../../state/chat.ts';
import { count, rate, seconds } from '../format.ts';

export const chat = {
  composer: 'Message',
  placeholder: 'Message',
  placeholderNone: 'Load a model to chat',
  placeholderLoading: 'Write; the model is loading',
  send: 'Send',
  stop: 'Stop',
  stopping: 'Stopping',
  keys: 'Enter sends, Shift+Enter makes a new line.',
  you: 'You',
  answer: 'Answer',
  thinking: 'Reading',
  prefill: (done: number, total: number) => `Reading ${count(done)} of ${count(total)} tokens`,
  copy: 'Copy',
  copied: 'Copied',
  copyCode: 'Copy code',
  again: 'Regenerate',
  askAgain: 'Answer',
  edit: 'Edit',
  editLabel: 'Your message',
  editNote: 'What follows it will be answered anew.',
  save: 'Send',
  cancel: 'Cancel',
  latest: 'To the latest',
  finished: 'Answer finished.',
  conversation: 'Conversation',
  new: 'New chat',
  newTitle: 'Begin a new chat?',
  newBody: 'This conversation will be deleted from the device.',
  newConfirm: 'Delete and begin',
  figures: ({ tokens, tokensPerSecond, timeToFirstTokenMs }: NonNullable<Message['figures']>) =>
    `${count(tokens)} ${tokens === 1 ? 'token' : 'tokens'} · ${rate(tokensPerSecond)} tokens/s · first after ${seconds(timeToFirstTokenMs)}`,
  ends: {
    stop: '',
    length: 'Stopped at the longest answer the settings allow.',
    aborted: 'Stopped.',
    context: 'The model’s context is full: it can’t say more in this conversation.',
    failed: 'Cut off by a failure.',
  } satisfies Record<NonNullable<Message['end']>, string>,
  nothing: 'The model ended its answer without a word.',
  dropped: (n: number) =>
    n === 1
      ? 'The oldest message was left out so that the rest fits.'
      : `The ${n} oldest messages were left out so that the rest fits.`,
  table: 'Table',
  image: (alt: string) => `Image: ${alt === '' ? 'no description' : alt}`,
  suggestions: [
    'Explain how rainbows form, in three sentences.',
    'Write a short poem about the sea at night.',
    'Give me a Python function that reverses a list.',
  ],
};
