/** A part of an answer: Markdown once its code has arrived, plain until then. Finished blocks are never drawn again. */
import { lazy, memo, Suspense, useMemo, type ReactNode } from 'react';
import type { Block } from './blocks.ts';
import { Code } from './Code.tsx';
import { Harmless } from './Harmless.tsx';
import { fetchMarkdown } from './later.ts';
import { mathsText } from './mathsText.ts';
import { Note } from './Note.tsx';

const Markdown = lazy(async () => ({ default: (await fetchMarkdown()).Markdown }));
/** Mathematics weighs more than all else on the page, so it comes only to a text that has some. */
const Maths = lazy(async () => ({ default: (await import('./Maths.tsx')).Maths }));

interface ProseProps {
  readonly blocks: readonly Block[];
  readonly definitions: string;
  /** More is coming. */
  readonly live: boolean;
}

export function Prose({ blocks, definitions, live }: ProseProps): ReactNode {
  return (
    <div className={live ? 'prose live' : 'prose'}>
      {blocks.map((block) => (
        <div
          className={block.joined ? 'block joined' : 'block'}
          key={block.at}
          // Text runs as its first letters do, code from left to right.
          dir={block.kind === 'code' ? 'ltr' : 'auto'}
          data-at={block.at}
          data-length={block.text.length}
        >
          <BlockView
            kind={block.kind}
            text={block.text}
            label={block.kind === 'code' ? block.language : block.kind === 'note' ? block.label : ''}
            definitions={block.text.includes('[') ? definitions : ''}
          />
        </div>
      ))}
    </div>
  );
}

interface BlockProps {
  readonly kind: Block['kind'];
  readonly text: string;
  /** Language of code, name of a footnote. */
  readonly label: string;
  readonly definitions: string;
}

const BlockView = memo(function BlockView({ kind, text, label, definitions }: BlockProps): ReactNode {
  switch (kind) {
    case 'code':
      // A listing in the language of formulas is a formula.
      if (label === 'math') return <Text text={`$$\n${text}\n$$`} definitions="" />;
      return <Code key={label} text={text} language={label} />;
    case 'note':
      return (
        <Note label={label}>
          <Text text={text} definitions="" />
        </Note>
      );
    case 'text':
      return <Text text={text} definitions={definitions} />;
    default:
      return kind satisfies never;
  }
});

/** Nested this deep it is no text a person reads, and parsing it takes a recursion per level. */
const TOO_DEEP = /^[ \t]*(?:[>*+-][ \t]*){16}|[[*_~!]{40}|(?:\[\]\(|\]\(){20}/m;

function Text({ text, definitions }: { readonly text: string; readonly definitions: string }): ReactNode {
  const found = useMemo(() => mathsText(text), [text]);
  const plain = <p className="plain">{text}</p>;
  if (TOO_DEEP.test(text)) return plain;
  const source = definitions === '' ? found.text : `${found.text}\n\n${definitions}`;
  const markdown = (
    <Suspense fallback={plain}>
      <Markdown text={source} />
    </Suspense>
  );
  return (
    <Harmless text={text}>
      {found.maths ? (
        <Suspense fallback={markdown}>
          <Maths text={source} />
        </Suspense>
      ) : (
        markdown
      )}
    </Harmless>
  );
}
