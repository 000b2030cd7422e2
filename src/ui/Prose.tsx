/** An answer's text: Markdown once its code has arrived, plain until then. Finished blocks are never drawn again. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { blocksOf } from './blocks.ts';

const fetchMarkdown = () => import('./Markdown.tsx');
const Markdown = lazy(async () => ({ default: (await fetchMarkdown()).Markdown }));

/** Called when an answer becomes likely, so that its first words are already drawn as they should be. */
export function preloadMarkdown(): void {
  void fetchMarkdown();
}

export function Prose({ text, live }: { readonly text: string; readonly live: boolean }): ReactNode {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div className={live ? 'prose live' : 'prose'}>
      {blocks.map((block, index) => (
        // Blocks only ever grow at the end, so their place names them.
        <div className="block" key={index}>
          <Suspense fallback={<p className="plain">{block}</p>}>
            <Markdown text={block} />
          </Suspense>
        </div>
      ))}
    </div>
  );
}

/** Long unfinished blocks (a table, a listing) are parsed less often: their cost grows with each word. */
const QUICK_MS = 50;
const SLOW_MS = 250;
const LONG_BLOCK = 2000;

export function LiveProse({ text }: { readonly text: string }): ReactNode {
  const last = text.length - Math.max(0, text.lastIndexOf('\n\n'));
  return <Prose text={useThrottled(text, last > LONG_BLOCK ? SLOW_MS : QUICK_MS)} live />;
}

function useThrottled(value: string, everyMs: number): string {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = value;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setShown(latest.current);
    }, everyMs);
  }, [value, everyMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return shown;
}
