/**
 * The list itself. The arrow keys, Home and End go from one conversation to the
 * next; a long list is drawn only where it is seen.
 */
import {
  Suspense,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { lazily } from '../lazily.tsx';
import { say } from '../say.ts';
import type { Found } from '../../state/conversations.ts';
import { rowsOf, type Row } from './groups.ts';
import { ListItem } from './ListItem.tsx';
import type { ScrollTo } from './LongList.tsx';

const LongList = lazily(async () => (await import('./LongList.tsx')).LongList);

/** Below this many rows the browser draws them all without being noticed. */
const LONG = 80;

interface ListProps {
  readonly onChosen: () => void;
}

export function ConversationList({ onChosen }: ListProps): ReactNode {
  const { conversations } = useApp();
  const heads = useStore(conversations.store, (s) => s.heads);
  const found = useStore(conversations.store, (s) => s.found);
  const query = useStore(conversations.store, (s) => s.query);
  const today = useToday();
  const byId = useMemo(() => new Map(found?.map((one) => [one.id, one])), [found]);
  const rows = useMemo(() => {
    if (!heads) return [];
    if (!found) return rowsOf(heads, new Date(today));
    return heads
      .filter(({ id }) => byId.has(id))
      .map((head): Row => ({ kind: 'conversation', key: head.id, head }));
  }, [heads, found, byId, today]);

  return (
    <div className="sidebar-list">
      <p className="unseen" role="status">
        {found && found.length > 0 && say.conversations.found(found.length)}
      </p>
      {heads?.length === 0 && <p className="facts">{say.conversations.none}</p>}
      {found?.length === 0 && <p className="facts">{say.conversations.foundNone(query.trim())}</p>}
      {rows.length > 0 && <Rows rows={rows} found={byId} onChosen={onChosen} />}
    </div>
  );
}

interface RowsProps extends ListProps {
  readonly rows: readonly Row[];
  readonly found: ReadonlyMap<string, Found>;
}

function Rows({ rows, found, onChosen }: RowsProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<ScrollTo>(null);
  const { reached, move, follow } = useArrows(rows, box, scrollTo);
  const draw = (row: Row): ReactNode =>
    row.kind === 'conversation' ? (
      <ListItem
        head={row.head}
        excerpt={found.get(row.head.id)?.excerpt ?? null}
        reached={row.key === reached}
        onChosen={onChosen}
      />
    ) : (
      <h3 className="sidebar-group">
        {row.kind === 'title' ? say.conversations[row.group] : monthName(row.month)}
      </h3>
    );
  const short = (some: readonly Row[]): ReactNode => (
    <ul className="rows">
      {some.map((row) => (
        <li key={row.key}>{draw(row)}</li>
      ))}
    </ul>
  );
  return (
    <div ref={box} className="rows-box" onKeyDown={move} onFocus={follow}>
      {rows.length <= LONG ? (
        short(rows)
      ) : (
        <Suspense fallback={short(rows.slice(0, LONG))}>
          <LongList rows={rows} draw={draw} reached={reached} scrollTo={scrollTo} />
        </Suspense>
      )}
    </div>
  );
}

/** One stop for Tab in the whole list: the open conversation, or where the arrows have led. */
function useArrows(
  rows: readonly Row[],
  box: { readonly current: HTMLDivElement | null },
  scrollTo: { readonly current: ScrollTo | null },
) {
  const { chat } = useApp();
  const open = useStore(chat.store, (s) => s.conversation.id);
  const [moved, setMoved] = useState<string | null>(null);
  const listed = (key: string | null): boolean => rows.some((row) => row.key === key);
  const first = rows.find(({ kind }) => kind === 'conversation')?.key ?? '';
  const reached = listed(moved) ? moved : listed(open) ? open : first;

  function move(event: KeyboardEvent<HTMLDivElement>): void {
    const item = event.target instanceof Element ? event.target.closest('[data-conversation]') : null;
    if (!item || event.target instanceof HTMLInputElement) return;
    const ids = rows.filter(({ kind }) => kind === 'conversation').map(({ key }) => key);
    const at = ids.indexOf(item.getAttribute('data-conversation') ?? '');
    const to = targetOf(event.key, at, ids.length);
    const id = ids[to ?? -1];
    if (id === undefined) return;
    event.preventDefault();
    setMoved(id);
    scrollTo.current?.(rows.findIndex(({ key }) => key === id));
    if (focusOn(box.current, id)) return;
    // A row that was out of sight is drawn first.
    requestAnimationFrame(() => requestAnimationFrame(() => void focusOn(box.current, id)));
  }

  /** However the focus came there. */
  function follow({ target }: FocusEvent<HTMLDivElement>): void {
    const id = target.getAttribute('data-conversation');
    if (id !== null) setMoved(id);
  }

  return { reached, move, follow };
}

function focusOn(box: HTMLElement | null, id: string): boolean {
  const item = box?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`);
  item?.focus();
  return item !== null && item !== undefined;
}

function targetOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The day it is, looked at again whenever the page is. */
function useToday(): number {
  return useSyncExternalStore(
    (onChange) => {
      document.addEventListener('visibilitychange', onChange);
      return () => document.removeEventListener('visibilitychange', onChange);
    },
    () => new Date().setHours(0, 0, 0, 0),
  );
}

function monthName(month: Date): string {
  return new Intl.DateTimeFormat(say.language.tag, { year: 'numeric', month: 'long' }).format(month);
}
