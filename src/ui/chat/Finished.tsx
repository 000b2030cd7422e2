/**
 * Tells a screen reader the whole answer once, instead of each word as it comes.
 * It stands beside the field, not among the rows: those come and go.
 */
import { useEffect, useState, type ReactNode } from 'react';
import { wholeWords } from '../../state/frames.ts';
import { splitReasoning } from '../../state/reasoning.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

/** More is not listened to in one go; the answer itself can be read. */
const LONGEST = 1500;

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
      const answer = message?.role === 'assistant' ? splitReasoning(message.content).answer : '';
      setTold(spoken(answer.startsWith(begun) ? answer.slice(begun.length) : answer));
    });
  }, [chat]);
  return (
    <div className="unseen" aria-live="polite">
      {told !== '' && `${say.chat.finished} ${told}`}
    </div>
  );
}

/** Without the signs of Markdown, cut after a sentence. */
function spoken(answer: string): string {
  const words = answer.replace(/[*_`#>|$\\]+/g, ' ');
  if (words.length <= LONGEST) return words;
  const cut = words.slice(0, LONGEST);
  const sentence = /^[^]*[.!?。！？](?=\s|$|[\u3000-\u9fff])/u.exec(cut)?.[0];
  return `${sentence ?? cut} …`;
}
