/** A listing: its language, a button that copies it, its lines in colours once those have come. */
import { Fragment, memo, useEffect, useState, type CSSProperties, type ReactNode } from 'react';
import { say } from '../say.ts';
import { CopyButton } from './CopyButton.tsx';
import { createPieces, type Piece } from './codePieces.ts';
import type { Coloured } from './highlight.ts';

type Highlighter = (language: string, text: string) => readonly Coloured[];

let highlighter: Highlighter | null = null;

function useHighlighter(wanted: boolean): Highlighter | null {
  const [found, setFound] = useState(() => highlighter);
  useEffect(() => {
    if (!wanted || found) return undefined;
    let current = true;
    void import('./highlight.ts').then(({ highlight }) => {
      highlighter = highlight;
      if (current) setFound(() => highlight);
    });
    return () => {
      current = false;
    };
  }, [wanted, found]);
  return wanted ? found : null;
}

/** Colouring a page of code takes about a millisecond; what is left waits for the next task. */
const BUDGET_MS = 4;

export function Code({ text, language }: { readonly text: string; readonly language: string }): ReactNode {
  const highlight = useHighlighter(language !== '');
  const [store] = useState(createPieces);
  const [, setRound] = useState(0);
  const { pieces, whole } = store.of(
    text,
    highlight && ((piece: string) => highlight(language, piece)),
    BUDGET_MS,
  );
  useEffect(() => {
    if (whole) return undefined;
    const timer = setTimeout(() => setRound((round) => round + 1));
    return () => clearTimeout(timer);
  });
  return (
    <div className="code">
      <div className="code-head">
        <span className="code-language">{language === '' ? say.chat.plainCode : language}</span>
        <CopyButton label={say.chat.copyCode} text={() => text} />
      </div>
      <pre tabIndex={0} role="group" aria-label={say.chat.code(language)}>
        <code>
          {pieces.map((piece) => (
            <PieceView key={piece.at} text={piece.text} coloured={piece.coloured} />
          ))}
        </code>
      </pre>
    </div>
  );
}

type PieceProps = Pick<Piece, 'text' | 'coloured'>;

const PieceView = memo(
  function PieceView({ text, coloured }: PieceProps): ReactNode {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    return (
      <span className="piece" style={{ '--lines': lines } as CSSProperties}>
        {coloured ? spans(coloured) : text}
      </span>
    );
  },
  (before, now) => before.text === now.text && (before.coloured === null) === (now.coloured === null),
);

function spans(coloured: readonly Coloured[]): ReactNode {
  let at = 0;
  return coloured.map((part) => {
    const key = at;
    at += lengthOf(part);
    if (typeof part === 'string') return <Fragment key={key}>{part}</Fragment>;
    return (
      <span key={key} className={part.className}>
        {spans(part.children)}
      </span>
    );
  });
}

function lengthOf(part: Coloured): number {
  return typeof part === 'string'
    ? part.length
    : part.children.reduce((sum, child) => sum + lengthOf(child), 0);
}
