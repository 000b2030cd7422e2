import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelCard } from '../protocol/api.ts';
import { BUSY_AGAIN_MS } from './earlierDownloads.ts';
import { CARD, failureOf, page, url } from '../tools/pageImports.ts';
import { readEntries, readEntry, readKeys, writeEntries } from './savedPlace.ts';

// A page's frames, in Node.
vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
vi.stubGlobal('cancelAnimationFrame', clearTimeout);

beforeEach(async () => {
  await writeEntries((await readKeys('download/')).map((key) => [key, undefined]));
});

test('one arrives at a time, in the order they were asked for, and the same is not asked twice', async () => {
  const { importModel, asked, arrived, labels, settle, store } = page();
  for (const name of ['a.gguf', 'b.gguf', 'a.gguf']) void importModel(url(name));
  expect(labels()).toEqual(['a.gguf', 'b.gguf']);
  expect(asked.map(({ source }) => source)).toEqual([url('a.gguf')]);
  expect(store.getState().imports.map(({ phase }) => phase)).toEqual(['running', 'waiting']);
  asked[0]!.end({ ok: true, value: { ...CARD, state: 'ready' } });
  await settle();
  expect(arrived).toEqual(['a']);
  expect(labels()).toEqual(['b.gguf']);
  expect(asked[1]!.source).toEqual(url('b.gguf'));
});

test('a pause is no failure: what arrived is resumed from, and the next one begins', async () => {
  const { importModel, pause, goOn, asked, cancelled, alerts, labels, settle, store } = page();
  void importModel(url('a.gguf'));
  void importModel(url('b.gguf'));
  const { job, tell, end } = asked[0]!;
  tell({ modelId: 'a', title: 'A', doneBytes: 40, totalBytes: 100, speed: 0 });
  pause(job);
  expect(cancelled).toEqual([job]);
  expect(store.getState().imports[0]!.phase).toBe('pausing');
  store.setState({ cards: [CARD] });
  end(failureOf('CANCELLED'));
  await settle();
  expect(alerts.store.getState().alerts).toEqual([]);
  expect(store.getState().halted).toMatchObject([{ label: 'a.gguf', failure: null }]);
  expect(labels()).toEqual(['b.gguf']);
  goOn(job);
  expect(store.getState().halted).toEqual([]);
  expect(store.getState().imports[1]).toMatchObject({
    phase: 'waiting',
    source: { kind: 'resume', id: 'a' },
  });
  // By its address it is the same.
  void importModel(url('a.gguf'));
  expect(store.getState().imports).toHaveLength(2);
});

test('what the network stopped goes on when it is back; meanwhile nothing remote begins', async () => {
  const { importModel, networkIs, asked, alerts, settle, store } = page();
  void importModel(url('a.gguf'));
  void importModel(url('b.gguf'));
  networkIs(false);
  asked[0]!.end(failureOf('NETWORK'));
  await settle();
  expect(alerts.store.getState().alerts).toMatchObject([{ failure: { code: 'NETWORK' }, about: 'a.gguf' }]);
  expect(asked).toHaveLength(1);
  // A local file needs none.
  const files = { kind: 'file', files: [new File(['x'], 'c.gguf')] } as const;
  void importModel(files);
  expect(asked[1]!.source).toEqual(files);
  asked[1]!.end({ ok: true, value: { ...CARD, id: 'c' } });
  await settle();
  networkIs(true);
  await settle();
  expect(store.getState().halted).toEqual([]);
  expect(asked[2]!.source).toEqual(url('b.gguf'));
  expect(store.getState().imports.map(({ label }) => label)).toEqual(['b.gguf', 'a.gguf']);
});

test.each([
  ['HTTP_STATUS', 1],
  ['NETWORK', 1],
  ['QUOTA', 1],
  ['NOT_A_MODEL', 0],
  ['UNSUPPORTED_FAMILY', 0],
] as const)('%s with nothing stored may be tried again: %i', async (code, count) => {
  const { importModel, asked, settle, store, alerts } = page();
  void importModel(url('a.gguf'));
  asked[0]!.end(failureOf(code));
  await settle();
  expect(store.getState().halted).toHaveLength(count);
  expect(alerts.store.getState().alerts).toHaveLength(1);
});

test('one that waits is put aside or forgotten; one that arrives is not forgotten', () => {
  const { importModel, pause, forget, labels, store } = page();
  for (const name of ['a.gguf', 'b.gguf', 'c.gguf']) void importModel(url(name));
  const [a, b, c] = store.getState().imports.map(({ job }) => job);
  pause(b!);
  forget(c!);
  forget(a!);
  expect(labels()).toEqual(['a.gguf']);
  expect(store.getState().halted).toMatchObject([{ label: 'b.gguf', failure: null }]);
  forget(b!);
  expect(store.getState().halted).toEqual([]);
});

describe('a later visit', () => {
  /** What is kept is written a moment later. */
  async function visit(cards: readonly ModelCard[] = [], lead = true) {
    const after = page();
    await after.settle();
    after.store.setState({ cards });
    await after.restoreDownloads();
    if (lead) await after.continueDownloads();
    await after.settle();
    const { imports, halted } = after.store.getState();
    return {
      ...after,
      going: imports.map(({ source, phase }) => ({ source, phase })),
      paused: halted.map(({ label }) => label),
    };
  }
  const kept = async (): Promise<readonly unknown[]> =>
    (await readEntries('download/')).map(([, entry]) => entry);

  test('goes on with what was under way and what waited, from what is stored of it', async () => {
    const before = page();
    for (const name of ['a.gguf', 'b.gguf']) void before.importModel(url(name), 'q4');
    void before.importModel({ kind: 'file', files: [new File(['x'], 'c.gguf')] });
    void before.importModel({ kind: 'resume', id: 'd' });
    await before.settle();
    const after = await visit([
      { ...CARD, quantisation: 'BF16 → q4' },
      { ...CARD, id: 'd', origin: 'https://files.example/d.gguf' },
    ]);
    expect(after.going).toEqual([
      { source: { kind: 'resume', id: 'a' }, phase: 'running' },
      { source: url('b.gguf'), phase: 'waiting' },
      { source: { kind: 'resume', id: 'd' }, phase: 'waiting' },
    ]);
    expect(after.paused).toEqual([]);
    // The browser was asked to keep what is stored when they were begun.
    expect(after.asksToBeKept).toEqual([]);
    // They are the same downloads, not more of them.
    expect(await kept()).toHaveLength(3);
    after.asked[0]!.end({ ok: true, value: { ...CARD, state: 'ready' } });
    await after.settle();
    expect(await kept()).toHaveLength(2);
  });

  test('leaves what the user paused to the user, were it a moment before the page went', async () => {
    const before = page();
    for (const name of ['a.gguf', 'b.gguf', 'c.gguf']) void before.importModel(url(name));
    const [a, b] = before.store.getState().imports;
    before.pause(b!.job);
    before.pause(a!.job);
    await before.settle();
    const after = await visit();
    expect(after.paused.toSorted()).toEqual(['a.gguf', 'b.gguf']);
    expect(after.going).toEqual([{ source: url('c.gguf'), phase: 'running' }]);
    after.store.getState().halted.forEach(({ job }) => after.forget(job));
    await after.settle();
    expect((await visit()).paused).toEqual([]);
  });

  test('with no network waits, and goes on when it is back', async () => {
    const before = page();
    for (const name of ['a.gguf', 'b.gguf']) void before.importModel(url(name));
    before.networkIs(false);
    before.asked[0]!.tell({ modelId: 'a', title: 'A', doneBytes: 40, totalBytes: 100, speed: 0 });
    before.store.setState({ cards: [CARD] });
    before.asked[0]!.end(failureOf('NETWORK'));
    await before.settle();
    const after = page();
    after.networkIs(false);
    after.store.setState({ cards: [CARD] });
    await after.restoreDownloads();
    await after.continueDownloads();
    expect(after.labels().toSorted()).toEqual(['A', 'b.gguf']);
    expect(after.asked).toEqual([]);
    after.networkIs(true);
    await after.settle();
    expect(after.asked).toHaveLength(1);
  });

  test('leaves them to the tab that has the GPU', async () => {
    const before = page();
    void before.importModel(url('a.gguf'));
    await before.settle();
    const beside = await visit([], false);
    expect([beside.going, beside.paused]).toEqual([[], []]);
    // Nor does what it does itself take them from the other.
    void beside.importModel(url('z.gguf'));
    await beside.settle();
    expect((await visit()).going.map(({ source }) => source)).toEqual([url('a.gguf'), url('z.gguf')]);
  });

  test('does not go on with what is whole by now, or was deleted', async () => {
    const before = page();
    void before.importModel(url('a.gguf'));
    void before.importModel({ kind: 'resume', id: 'gone' });
    await before.settle();
    expect((await visit([{ ...CARD, state: 'ready' }])).going).toEqual([]);
    expect(await kept()).toEqual([]);
  });

  test('says nothing of one that another tab is at work on, tries once more, and leaves it there', async () => {
    const before = page();
    void before.importModel(url('a.gguf'));
    await before.settle();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const after = page();
    await after.continueDownloads();
    for (const tries of [1, 2]) {
      await vi.waitFor(() => expect(after.asked).toHaveLength(tries));
      after.asked[tries - 1]!.end(failureOf('MODEL_BUSY'));
      await vi.advanceTimersByTimeAsync(50);
      expect(after.labels()).toEqual([]);
      await vi.advanceTimersByTimeAsync(BUSY_AGAIN_MS);
    }
    vi.useRealTimers();
    await after.settle();
    expect(after.asked).toHaveLength(2);
    expect(after.alerts.store.getState().alerts).toEqual([]);
    expect(await kept()).toHaveLength(1);
  });

  test('finds as paused what an older page kept as one list, what can be read of it', async () => {
    const old = { job: 'x', label: 'old.gguf', source: url('old.gguf'), weights: 'keep' };
    await writeEntries([['downloads', [old, { job: 'y' }]]]);
    expect((await visit()).paused).toEqual(['old.gguf']);
    expect((await visit()).paused).toEqual(['old.gguf']);
    expect(await readEntry('downloads')).toBe(undefined);
  });
});
