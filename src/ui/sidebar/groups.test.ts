import { expect, it } from 'vitest';
import { newHead } from '../../state/conversation.ts';
import { rowsOf } from './groups.ts';

const NOW = new Date(2026, 10, 24, 0, 30);

function head(id: string, then: Date, pinned = false) {
  return { ...newHead(id), updatedAt: then.getTime(), pinned };
}

it('puts pinned ones first, then groups by the calendar’s days', () => {
  const rows = rowsOf(
    [
      head('now', NOW),
      head('an hour ago', new Date(2026, 10, 23, 23, 30)),
      head('pinned', new Date(2026, 10, 22), true),
      head('monday', new Date(2026, 10, 18, 9)),
      head('a week ago', new Date(2026, 10, 17, 9)),
      head('last month', new Date(2026, 9, 26, 0, 1)),
      head('older', new Date(2026, 9, 20)),
      head('older still', new Date(2026, 9, 1)),
      head('last year', new Date(2025, 9, 20)),
    ],
    NOW,
  );
  expect(rows.map(({ kind, key }) => (kind === 'conversation' ? key : `# ${key}`))).toEqual([
    '# pinned',
    'pinned',
    '# today',
    'now',
    '# yesterday',
    'an hour ago',
    '# lastWeek',
    'monday',
    '# lastMonth',
    'a week ago',
    'last month',
    '# 2026-10',
    'older',
    'older still',
    '# 2025-10',
    'last year',
  ]);
});

it.each([9e15, Infinity])('takes what is no time, %s, for today', (updatedAt) => {
  const rows = rowsOf([{ ...newHead('never'), updatedAt }, head('now', NOW)], NOW);
  expect(rows.map(({ key }) => key)).toEqual(['today', 'never', 'now']);
});

it('takes a clock that was set back for today', () => {
  expect(rowsOf([head('tomorrow', new Date(2026, 10, 25))], NOW)[0]?.key).toBe('today');
});
