import 'fake-indexeddb/auto';
import { beforeEach, expect, it, vi } from 'vitest';
import { forgetPlace, writeEntries } from './savedPlace.ts';
import { createSettings } from './settings.ts';
import { rememberSidebar } from './sidebarMemory.ts';
import { createView } from './view.ts';

let narrow = false;
let onWidth: (change: { readonly matches: boolean }) => void = () => undefined;
vi.stubGlobal('matchMedia', () => ({
  get matches() {
    return narrow;
  },
  addEventListener: (_: string, listener: typeof onWidth) => {
    onWidth = listener;
  },
}));

function resize(isNarrow: boolean): void {
  narrow = isNarrow;
  onWidth({ matches: narrow });
}

const silent = { tell: (): void => undefined, hear: (): void => undefined };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(async () => {
  await settle();
  await writeEntries([['settings', undefined]]);
  narrow = false;
});

/** The page opened on a screen of that width; `left` is how it is left, undefined as it is found. */
async function visit(isNarrow: boolean, left?: boolean): Promise<boolean> {
  narrow = isNarrow;
  forgetPlace();
  const view = createView();
  const settings = createSettings({ channel: silent, guideSpeaks: () => false });
  await rememberSidebar({ view, settings });
  const found = view.store.getState().sidebar;
  if (left !== undefined) view.setSidebar(left);
  await settle();
  return found;
}

it('opens as it was left on a wide screen, whatever a narrow one did meanwhile', async () => {
  expect(await visit(false, true)).toBe(false);
  expect(await visit(true, true)).toBe(false);
  expect(await visit(true, false)).toBe(false);
  expect(await visit(false, false)).toBe(true);
  expect(await visit(true, true)).toBe(false);
  expect(await visit(false)).toBe(false);
});

it('closes where the page becomes narrow, and comes back where it is wide, if it stood there', async () => {
  await visit(false, true);
  forgetPlace();
  const view = createView();
  const settings = createSettings({ channel: silent, guideSpeaks: () => false });
  await rememberSidebar({ view, settings });
  const seen = [true, false, true, false].map((isNarrow) => {
    resize(isNarrow);
    return view.store.getState().sidebar;
  });
  expect(seen).toEqual([false, true, false, true]);
  view.setSidebar(false);
  await settle();
  resize(true);
  resize(false);
  expect(view.store.getState().sidebar).toBe(false);
  resize(true);
  view.setSidebar(true);
  resize(false);
  expect(view.store.getState().sidebar).toBe(true);
});

it('is not thrown over by settings that come late, nor throws them over', async () => {
  const first = createSettings({ channel: silent, guideSpeaks: () => false });
  first.change({ theme: 'dark', sidebar: true });
  await settle();
  const view = createView();
  const settings = createSettings({ channel: silent, guideSpeaks: () => false });
  const standing = rememberSidebar({ view, settings });
  view.setSidebar(true);
  view.setSidebar(false);
  await standing;
  await settle();
  expect(view.store.getState().sidebar).toBe(false);
  expect(settings.store.getState()).toMatchObject({ theme: 'dark', sidebar: false });
});

it('takes nothing but yes or no from the storage', async () => {
  const { store } = createSettings({ channel: silent, guideSpeaks: () => false });
  await writeEntries([['settings', { ...store.getState(), sidebar: 'wide' }]]);
  expect(await visit(false)).toBe(false);
  const { sidebar: _, ...older } = store.getState();
  await writeEntries([['settings', { ...older, theme: 'dark' }]]);
  expect(await visit(false)).toBe(false);
});
