/**
 * The focus for the search of the conversations, whose code may still be on its
 * way. What is typed meanwhile is typed there, and does nothing else.
 */
import type { App } from '../state/app.ts';
import { isModalOpen } from './useModal.ts';

/** Nothing to search in may be there: then the list has no search. */
const DRAWN_WITHIN_MS = 2000;

type Neighbours = Pick<App, 'view' | 'conversations'>;

export function searchOnceDrawn({ view, conversations }: Neighbours): void {
  const since = performance.now();
  let typed = '';

  function hear(event: KeyboardEvent): void {
    const { key } = event;
    const letter = key.length === 1;
    if (event.ctrlKey || event.metaKey || event.altKey || isModalOpen()) return;
    if (!letter && key !== 'Backspace' && key !== 'Enter') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (letter) typed += key;
    else if (key === 'Backspace') typed = typed.slice(0, -1);
  }

  function look(): void {
    const field = document.querySelector<HTMLInputElement>('.sidebar input[type="search"]');
    const list = document.querySelector('.sidebar');
    const coming = view.store.getState().sidebar && (!list || performance.now() - since < DRAWN_WITHIN_MS);
    if (!field && coming) {
      requestAnimationFrame(look);
      return;
    }
    removeEventListener('keydown', hear, { capture: true });
    field?.focus();
    // What was searched for before is typed over.
    field?.select();
    if (field && typed !== '') void conversations.search(typed);
  }

  addEventListener('keydown', hear, { capture: true });
  look();
}
