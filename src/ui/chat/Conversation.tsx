/** What was said, as rows of a virtual list: only those near the view exist, however long the conversation is. */
import {
  memo,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { flushSync } from 'react-dom';
import { WindowVirtualizer, type CacheSnapshot, type WindowVirtualizerHandle } from 'virtua';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { DownIcon } from '../icons.tsx';
import { say } from '../say.ts';
import { Answer } from './Answer.tsx';
import { focusConversation } from './focus.ts';
import { Question } from './Question.tsx';
import { partsSpoken, rowsFor, rowsOf, type Row } from './rows.ts';
import { useFollow } from './useFollow.ts';

/** Drawn beyond the view in the direction of scrolling, so that a quick wheel meets no gap. */
const BEYOND_PX = 800;

export function Conversation(): ReactNode {
  const { chat } = useApp();
  return <Said key={useStore(chat.store, (s) => s.conversation.id)} />;
}

function Said(): ReactNode {
  const { chat } = useApp();
  const messages = useStore(chat.store, (s) => s.messages);
  const speaking = useStore(chat.store, (s) => s.answering?.id ?? null);
  // Drawn in slices between frames, as the words in them are.
  const partsNow = useStore(chat.store, partsSpoken);
  const partsDrawn = useDeferredValue(partsNow);
  // At once where none was spoken: an answer that is gone on with has those it had.
  const parts = partsDrawn === 0 ? partsNow : partsDrawn;
  const { following, toEnd } = useFollow(speaking !== null);

  // Whoever opens a conversation, or asks, wants to see its end.
  useEffect(() => toEnd(), [toEnd]);
  useEffect(() => {
    if (speaking !== null) toEnd();
  }, [speaking, toEnd]);

  const rows = useMemo(() => {
    const said = messages.flatMap(rowsOf);
    return speaking === null ? said : [...said, ...rowsFor(speaking, null, parts)];
  }, [messages, speaking, parts]);
  const last = rows.at(-1)?.id;
  return (
    <section className="conversation" aria-label={say.chat.conversation} tabIndex={-1}>
      <Rows rows={rows} last={last} />
      {!following && (
        <button
          type="button"
          className="latest round"
          aria-label={say.chat.latest}
          title={say.chat.latest}
          onClick={({ currentTarget }) => {
            focusConversation(currentTarget);
            toEnd();
          }}
        >
          <DownIcon />
        </button>
      )}
    </section>
  );
}

interface RowsProps {
  readonly rows: readonly Row[];
  /** Of the last message. */
  readonly last: string | undefined;
}

/** On the screen those near the view, on paper all of them. */
function Rows({ rows, last }: RowsProps): ReactNode {
  const list = useRef<WindowVirtualizerHandle>(null);
  const [printing, setPrinting] = useState(() => matchMedia('print').matches);
  const [heights, setHeights] = useState<CacheSnapshot>();
  useEffect(() => {
    const media = matchMedia('print');
    const changed = (): void => {
      const known = list.current?.cache;
      // Paper waits for nothing.
      flushSync(() => {
        if (known) setHeights(known);
        setPrinting(media.matches);
      });
    };
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  const draw = (row: Row): ReactElement => <RowView key={row.key} row={row} last={row.id === last} />;
  if (printing) return <div>{rows.map(draw)}</div>;
  return (
    <WindowVirtualizer ref={list} data={rows} bufferSize={BEYOND_PX} {...(heights && { cache: heights })}>
      {draw}
    </WindowVirtualizer>
  );
}

interface RowProps {
  readonly row: Row;
  /** It belongs to the last message. */
  readonly last: boolean;
}

const RowView = memo(function RowView({ row, last }: RowProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useFocusKept(place);
  return (
    <div className={row.end ? 'turn' : 'turn part'} ref={place}>
      {row.message?.role === 'user' ? (
        <Question message={row.message} last={last} />
      ) : (
        <Answer row={row} last={last} />
      )}
    </div>
  );
});

/** A row scrolled far away is taken off the page; focus in it goes to the conversation, and keys still work there. */
function useFocusKept(place: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const row = place.current;
    return () => {
      if (row?.contains(document.activeElement) !== true) return;
      row.closest<HTMLElement>('.conversation')?.focus({ preventScroll: true });
    };
  }, [place]);
}
