/**
 * When work that can wait may begin: a model is here, or none is coming, and nothing is
 * being answered. On a slow machine it would make the first word late; kept waiting for
 * too long, it begins all the same.
 */
import type { ChatWatched } from './quickTest.ts';

interface Neighbours {
  readonly boot: { ready(signal: AbortSignal): Promise<boolean> };
  readonly chat: ChatWatched;
}

const LONGEST_WAIT_MS = 20_000;

export async function onceQuiet({ boot, chat }: Neighbours): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), LONGEST_WAIT_MS);
  await boot.ready(late.signal);
  await silence(chat, late.signal);
  clearTimeout(timer);
}

function silence(chat: ChatWatched, late: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let end = (): void => undefined;
    const look = (): void => {
      const { answering, elsewhere } = chat.getState();
      if (!late.aborted && (answering !== null || elsewhere !== null)) return;
      end();
      resolve();
    };
    end = chat.subscribe(look);
    late.addEventListener('abort', look, { once: true });
    look();
  });
}
