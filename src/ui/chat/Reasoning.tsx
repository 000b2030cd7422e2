/** What a model thought before it answered, folded. It is drawn only while it is open. */
import { useMemo, useState, type ReactNode } from 'react';
import { say } from '../say.ts';
import { blocksOf } from './blocks.ts';
import { Prose } from './Prose.tsx';

interface ReasoningProps {
  /** Of the message. */
  readonly id: string;
  readonly text: string;
  /** It thinks still. */
  readonly open: boolean;
  /** How long it thought; null where nobody measured. */
  readonly ms: number | null;
}

/** Messages whose reasoning is unfolded: it outlives the row, which goes when it is scrolled far away. */
const unfoldedIds = new Set<string>();

export function Reasoning({ id, text, open, ms }: ReasoningProps): ReactNode {
  const [unfolded, setUnfolded] = useState(unfoldedIds.has(id));
  const fold = (shut: boolean): void => {
    if (shut) unfoldedIds.delete(id);
    else unfoldedIds.add(id);
    setUnfolded(!shut);
  };
  return (
    <details
      className="reasoning"
      open={unfolded}
      onToggle={({ currentTarget }) => fold(!currentTarget.open)}
    >
      <summary className={open ? 'facts waiting' : 'facts'}>
        {open ? `${say.chat.reasoning}…` : say.chat.reasoned(ms)}
      </summary>
      {unfolded && <Thoughts text={text} live={open} />}
    </details>
  );
}

/** Longer ones are drawn without Markdown: there may be hundreds of paragraphs, all at once. */
const LONG = 8000;

function Thoughts({ text, live }: { readonly text: string; readonly live: boolean }): ReactNode {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div className="thoughts" role="group" aria-label={say.chat.reasoningText} tabIndex={0}>
      {text.length < LONG ? (
        <Prose blocks={blocks} definitions="" live={live} />
      ) : (
        blocks.map((block) => (
          <p className="plain" key={block.at}>
            {block.text}
          </p>
        ))
      )}
    </div>
  );
}
