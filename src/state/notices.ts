/** Short news that is not a failure of the engine: what was done, and may be undone; words are the ui's. */
import { createStore } from 'zustand/vanilla';
import type { Head } from './conversation.ts';

export type ImportRefusal = 'notOurs' | 'newer' | 'unreadable';
export type FileRefusal = 'binary' | 'empty' | 'large' | 'long' | 'unreadable';

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

const MOST_OF_A_KIND = 3;

function nameOf(news: News): string {
  return 'name' in news ? news.name : '';
}

export function createNotices() {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let nextId = 1;

  /** News of one kind replaces the last of that kind; of files refused together each has its own, as far as they are read. */
  function tell(news: News): number {
    const notice: Notice = { ...news, id: nextId++ };
    store.setState(({ notices }) => {
      const others = notices.filter(({ kind }) => kind !== news.kind);
      const same = notices.filter((told) => told.kind === news.kind && nameOf(told) !== nameOf(news));
      return { notices: [...others, ...same.slice(1 - MOST_OF_A_KIND), notice] };
    });
    return notice.id;
  }

  function dismiss(id: number): void {
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
  }

  /** What is told of no longer matters. */
  function forget(kind: News['kind']): void {
    store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.kind !== kind) }));
  }

  return { store, tell, dismiss, forget };
}
