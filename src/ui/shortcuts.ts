/** Which keys do what. Ctrl is ⌘ on a Mac. */
import { useEffect } from 'react';
import type { App } from '../state/app.ts';
import { useApp } from './appContext.ts';
import { focusField } from './chat/focus.ts';
import { searchOnceDrawn } from './searchOnceDrawn.ts';
import { isModalOpen } from './useModal.ts';

export type Act =
  | 'help'
  | 'newChat'
  | 'compose'
  | 'stop'
  | 'sidebar'
  | 'search'
  | 'models'
  | 'settings'
  | 'previous'
  | 'next'
  | 'experts';

export interface Combo {
  /** As KeyboardEvent.key has it, letters small. */
  readonly key: string;
  readonly control?: true;
  readonly shift?: true;
}

const control = (key: string): Combo => ({ key, control: true });
const controlShift = (key: string): Combo => ({ key, control: true, shift: true });

/** In the order of the help sheet. Single keys work where nothing is written. */
export const SHORTCUTS: readonly { readonly act: Act; readonly combos: readonly Combo[] }[] = [
  { act: 'newChat', combos: [{ key: 'n' }, controlShift('o')] },
  { act: 'compose', combos: [{ key: 'c' }] },
  { act: 'stop', combos: [{ key: 'Escape' }] },
  { act: 'previous', combos: [{ key: 'k' }] },
  { act: 'next', combos: [{ key: 'j' }] },
  { act: 'search', combos: [{ key: '/' }, control('k')] },
  { act: 'sidebar', combos: [{ key: 'b' }, control('b')] },
  { act: 'experts', combos: [{ key: 'e' }, control('e')] },
  { act: 'models', combos: [{ key: 'm' }] },
  { act: 'settings', combos: [{ key: 's' }, control(',')] },
  { act: 'help', combos: [{ key: '?' }, control('/')] },
];

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** What these keys do; null for nothing. */
export function actOf(pressed: Pressed, writing: boolean, singleKeys: boolean): Act | null {
  const withControl = pressed.ctrlKey || pressed.metaKey;
  if (pressed.altKey) return null;
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const found = SHORTCUTS.find(({ combos }) =>
    combos.some(
      (combo) =>
        combo.key === key &&
        (combo.control ?? false) === withControl &&
        // Where a character is depends on the keyboard: of one alone only what it writes counts.
        (combo.control !== true || (combo.shift ?? false) === pressed.shiftKey) &&
        (withControl || (!writing && singleKeys) || key === 'Escape'),
    ),
  );
  return found?.act ?? null;
}

/** The keys work for as long as this is drawn. Stopping is the composer's, which knows what Escape closes first. */
export function useShortcuts(): void {
  const app = useApp();
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      if (app.view.store.getState().panel !== null || isModalOpen() || isInMenu(event.target)) return;
      const act = actOf(event, isWriting(event.target), app.settings.store.getState().singleKeys);
      if (act === null || act === 'stop') return;
      event.preventDefault();
      perform(act, app);
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, [app]);
}

/** There a letter goes to the item that begins with it. */
function isInMenu(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="menu"]') !== null;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function perform(act: Exclude<Act, 'stop'>, app: App): void {
  const { view, conversations } = app;
  switch (act) {
    case 'help':
      return view.open('shortcuts');
    case 'models':
    case 'settings':
      return view.open(act);
    case 'experts':
      return view.toggleDrawer('experts');
    case 'sidebar':
      return view.toggleSidebar();
    case 'newChat':
      void conversations.create();
      return focusField();
    case 'compose':
      return focusField();
    case 'search':
      view.setSidebar(true);
      return searchOnceDrawn(app);
    case 'previous':
      return step(app, -1);
    case 'next':
      return step(app, 1);
    default:
      return act satisfies never;
  }
}

/** To the conversation above or below the open one in the list: pinned ones are first there. */
function step({ conversations, chat }: App, by: -1 | 1): void {
  const heads = conversations.store.getState().heads ?? [];
  const list = [...heads.filter(({ pinned }) => pinned), ...heads.filter(({ pinned }) => !pinned)];
  const at = list.findIndex(({ id }) => id === chat.store.getState().conversation.id);
  // A new chat is on no list yet: the newest lies below it.
  const to = at < 0 && by === 1 ? list[0] : list[at + by];
  if (to && to.id !== list[at]?.id) void conversations.open(to.id);
}
