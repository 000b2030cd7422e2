/**
 * Tells a screen reader of an answer once it has ended, instead of each word as
 * it comes: all of a short one, the beginning of a long one. It stands beside
 * the field, not among the rows: those come and go.
 */
import { useEffect, useState, type ReactNode } from 'react';
import { wholeWords } from '../../state/frames.ts';
import { splitReasoning } from '../../state/reasoning.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { together } from '../words.ts';
import { fetchPlainWords } from './later.ts';

/** Half a minute of speech; the answer itself can be read at one's own pace. */
const LONGEST = 500;

export function Finished(): ReactNode {
  const { chat } = useApp();
  const [told, setTold] = useState('');
  useEffect(() => {
    /** What was told before of an answer that is gone on with. */
    let begun = '';
    return chat.store.subscribe((now, before) => {
      if (now.answering && !before.answering) {
        begun = wholeWords(splitReasoning(now.answering.shown).answer);
        setTold('');
      }
      if (!before.answering || now.answering) return;
      const message = now.messages.at(-1);
      // It came to nothing, or another conversation was opened.
      if (message?.id !== before.answering.id) return;
      const { answer } = splitReasoning(message.content);
      void tell(answer.startsWith(begun) ? answer.slice(begun.length) : answer).then((words) => {
        if (!chat.store.getState().answering) setTold(words);
      });
    });
  }, [chat]);
  return (
    <div className="unseen" aria-live="polite">
      {told}
    </div>
  );
}

async function tell(answer: string): Promise<string> {
  try {
    const { plainWords } = await fetchPlainWords();
    const { words, cut } = plainWords(answer, LONGEST);
    return together(say.chat.finished, words, cut ? say.chat.finishedMore : '');
  } catch {
    // Where that code could not be fetched.
    return say.chat.finished;
  }
}
