import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ImportProgress } from '../protocol/api.ts';
import { browser, CARD, failureOf, page, url } from '../tools/pageImports.ts';
import { readKeys, writeEntries } from './savedPlace.ts';

// A page's frames, in Node.
vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
vi.stubGlobal('cancelAnimationFrame', clearTimeout);

beforeEach(async () => {
  await writeEntries((await readKeys('download/')).map((key) => [key, undefined]));
});

describe('another tab', () => {
  const PROGRESS: ImportProgress = { modelId: 'a', title: 'A', doneBytes: 40, totalBytes: 100, speed: 0 };

  function two() {
    const { open } = browser();
    const [left, right] = [open(), open()];
    return { first: page(left), second: page(right), close: left.close, open };
  }

  test('is told what arrives here and how far it is, though it was opened later', async () => {
    const { first, second, open } = two();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const name of ['a.gguf', 'b.gguf']) void first.importModel(url(name));
    await first.settle();
    const { elsewhere } = second.store.getState();
    expect(elsewhere).toMatchObject([
      { title: 'a.gguf', origin: CARD.origin, waits: false },
      { title: 'b.gguf', waits: true },
    ]);
    vi.setSystemTime(Date.now() + 1000);
    // A hidden tab draws no frames.
    vi.stubGlobal('requestAnimationFrame', () => 1);
    first.asked[0]!.tell(PROGRESS);
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
    const told = { title: 'A', modelId: 'a', doneBytes: 40, totalBytes: 100 };
    expect(second.store.getState().elsewhere[0]).toMatchObject(told);
    const third = page(open());
    await third.settle();
    expect(third.store.getState().elsewhere).toMatchObject([told, { title: 'b.gguf' }]);
    vi.useRealTimers();
    first.asked[0]!.end({ ok: true, value: { ...CARD, state: 'ready' } });
    await first.settle();
    expect(second.store.getState().elsewhere).toMatchObject([{ title: 'b.gguf', waits: false }]);
    expect(first.store.getState().elsewhere).toEqual([]);
  });

  test('goes on with them when this one is closed, if it has the GPU', async () => {
    const { first, second, close } = two();
    for (const name of ['a.gguf', 'b.gguf']) void first.importModel(url(name));
    await first.settle();
    await second.continueDownloads();
    await second.settle();
    expect(second.labels()).toEqual([]);
    close();
    await vi.waitFor(() => expect(second.labels()).toEqual(['a.gguf', 'b.gguf']));
    expect(second.store.getState().elsewhere).toEqual([]);
  });

  test('gets what is under way here with the GPU, but for local files and what the user paused', async () => {
    const { first, second } = two();
    for (const name of ['a.gguf', 'b.gguf', 'c.gguf']) void first.importModel(url(name));
    void first.importModel({ kind: 'file', files: [new File(['x'], 'd.gguf')] });
    first.pause(first.store.getState().imports[2]!.job);
    await first.settle();
    first.handOverDownloads();
    expect(first.cancelled).toEqual([first.asked[0]!.job]);
    await second.continueDownloads();
    await second.settle();
    // It waits until they are free.
    expect(second.labels()).toEqual([]);
    first.asked[0]!.end(failureOf('CANCELLED'));
    await vi.waitFor(() => expect(second.labels()).toEqual(['a.gguf', 'b.gguf']));
    await first.settle();
    expect(first.labels()).toEqual(['d.gguf']);
    expect(first.store.getState().halted).toMatchObject([{ label: 'c.gguf', failure: null }]);
    expect(first.alerts.store.getState().alerts).toEqual([]);
    expect(second.store.getState().elsewhere).toMatchObject([{ title: 'd.gguf', origin: null }]);
    expect(first.store.getState().elsewhere).toMatchObject([{ title: 'a.gguf' }, { title: 'b.gguf' }]);
  });
});
