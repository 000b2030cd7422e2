import { expect, it } from 'vitest';
import { createNotices, type News } from './notices.ts';

const refused = (name: string): News => ({ kind: 'fileRefused', name, why: 'binary', tokens: 0, allowed: 0 });
const namesIn = ({ store }: ReturnType<typeof createNotices>): readonly string[] =>
  store.getState().notices.map((notice) => ('name' in notice ? notice.name : notice.kind));

it('tells of every file refused, the same one once, and of no more than are read', () => {
  const notices = createNotices();
  for (const name of ['a.bin', 'b.bin', 'a.bin']) notices.tell(refused(name));
  expect(namesIn(notices)).toEqual(['b.bin', 'a.bin']);
  for (const name of ['c.bin', 'd.bin']) notices.tell(refused(name));
  expect(namesIn(notices)).toEqual(['a.bin', 'c.bin', 'd.bin']);
});

it('forgets all of a kind', () => {
  const notices = createNotices();
  for (const name of ['a.bin', 'b.bin']) notices.tell(refused(name));
  notices.tell({ kind: 'imported', count: 1 });
  notices.forget('fileRefused');
  expect(namesIn(notices)).toEqual(['imported']);
});

it('replaces other news by news of its kind, and leaves the rest', () => {
  const notices = createNotices();
  notices.tell({ kind: 'imported', count: 1 });
  notices.tell(refused('a.bin'));
  notices.tell({ kind: 'imported', count: 2 });
  expect(namesIn(notices)).toEqual(['a.bin', 'imported']);
});
