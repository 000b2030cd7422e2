/** An answer's text: Markdown once its code has arrived, plain until then. Finished blocks are never drawn again. */
import { lazy, memo, Suspense, useMemo, type ReactNode } from 'react';
import { blocksOf } from './blocks.ts';

const fetchMarkdown = () => import('./Markdown.tsx');
const Markdown = lazy(async () => ({ default: (await fetchMarkdown()).Markdown }));

/** Called when an answer becomes likely, so that its first words are already drawn as they should be. */
export function preloadMarkdown(): void {
  void fetchMarkdown();
}

interface ProseProps {
  readonly text: string;
  /** More is coming. */
  readonly live: boolean;
}

export const Prose = memo(function Prose({ text, live }: ProseProps): ReactNode {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div className={live ? 'prose live' : 'prose'}>
      {blocks.map((block) => (
        <div className="block" key={block.line}>
          <Suspense fallback={<p className="plain">{block.text}</p>}>
            <Markdown text={block.text} />
          </Suspense>
        </div>
      ))}
    </div>
  );
});
