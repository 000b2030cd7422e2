import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { CloseIcon } from '../icons.tsx';
import { say } from '../say.ts';

export function Search(): ReactNode {
  const { conversations } = useApp();
  const query = useStore(conversations.store, (s) => s.query);
  const search = (words: string): void => void conversations.search(words);
  return (
    <div className="sidebar-search" role="search">
      <input
        type="search"
        value={query}
        aria-label={say.conversations.search}
        placeholder={say.conversations.search}
        onChange={({ currentTarget }) => search(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            focusList(event.currentTarget);
          }
          if (event.key !== 'Escape' || query === '') return;
          // The first Escape clears what was typed; only the next one closes the drawer.
          event.preventDefault();
          event.stopPropagation();
          search('');
        }}
      />
      {query !== '' && (
        <button
          type="button"
          className="quiet round"
          aria-label={say.conversations.clearSearch}
          onClick={() => search('')}
        >
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

/** On the first conversation of the list below. */
function focusList(field: HTMLElement): void {
  field.closest('.sidebar')?.querySelector<HTMLElement>('[data-conversation]')?.focus();
}
