/** Short news that is not a failure of the engine: what was done, and may be undone; words are the ui's. */
import { createStore } from 'zustand/vanilla';
import type { Head } from './conversation.ts';

export type ImportRefusal = 'notOurs' | 'newer' | 'unreadable';
export type FileRefusal = 'binary' | 'large' | 'long' | 'unreadable';

export type News =
  /** Until it goes, the removal can be taken back. */
  | { readonly kind: 'removed'; readonly head: Head }
  /** Entries that could not be read were put aside, as they are. */
  | { readonly kind: 'setAside'; readonly count: number }
  /** A newer page has written here; nothing is read or changed. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'imported'; readonly count: number }
  | {
      readonly kind: 'importRefused';
      readonly name: string;
      readonly why: ImportRefusal;
      readonly at: string;
    }
  | {
      readonly kind: 'fileRefused';
      readonly name: string;
      readonly why: FileRefusal;
      readonly tokens: number;
      readonly allowed: number;
    };

export type Notice = News & { readonly id: number };

export type Notices = ReturnType<typeof createNotices>;

export function createNotices() {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let nextId = 1;

  /** News of one kind replaces the last of that kind. */
  function tell(news: News): number {
    const notice: Notice = { ...news, id: nextId++ };
    store.setState(({ notices }) => ({
      notices: [...notices.filter(({ kind }) => kind !== news.kind), notice],
    }));
    return notice.id;
  }

  function dismiss(id: number): void {
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  }

  return { store, tell, dismiss };
}
