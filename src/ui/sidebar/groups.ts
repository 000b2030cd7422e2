/** The list as it is shown: pinned ones first, then by the day each was last used. */
import type { Head } from '../../state/conversations.ts';

export type Group = 'pinned' | 'today' | 'yesterday' | 'lastWeek' | 'lastMonth';

export type Row =
  | { readonly kind: 'title'; readonly key: string; readonly group: Group }
  /** Older than the last thirty days: by month. */
  | { readonly kind: 'month'; readonly key: string; readonly month: Date }
  | { readonly kind: 'conversation'; readonly key: string; readonly head: Head };

const DAY_MS = 24 * 60 * 60 * 1000;

/** `heads` newest first. Days are those of this device's clock. */
export function rowsOf(heads: readonly Head[], now: Date): readonly Row[] {
  const rows: Row[] = [];
  let last = '';
  const add = (head: Head, title: Row): void => {
    if (title.key !== last) rows.push(title);
    last = title.key;
    rows.push({ kind: 'conversation', key: head.id, head });
  };
  for (const head of heads) if (head.pinned) add(head, groupTitle('pinned'));
  for (const head of heads) if (!head.pinned) add(head, titleFor(new Date(head.updatedAt), now));
  return rows;
}

function titleFor(then: Date, now: Date): Row {
  // Whole days of the calendar, whatever the hour and however long a day of changing clocks is.
  const days = Math.round((midnight(now) - midnight(then)) / DAY_MS);
  // Or a time that is none: earlier pages took in any number.
  if (days <= 0 || Number.isNaN(days)) return groupTitle('today');
  if (days === 1) return groupTitle('yesterday');
  if (days < 7) return groupTitle('lastWeek');
  if (days < 30) return groupTitle('lastMonth');
  const month = new Date(then.getFullYear(), then.getMonth());
  return { kind: 'month', key: `${then.getFullYear()}-${then.getMonth() + 1}`, month };
}

function groupTitle(group: Group): Row {
  return { kind: 'title', key: group, group };
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
