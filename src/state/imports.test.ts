import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import type { Failure, ImportProgress, ModelCard, ModelSource, Result, WorkerApi } from '../protocol/api.ts';
import { createAlerts } from './alerts.ts';
import { createImports } from './imports.ts';
import { createModelStore } from './modelFacts.ts';

// A page's frames, in Node.
vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
vi.stubGlobal('cancelAnimationFrame', clearTimeout);

const url = (name: string): ModelSource => ({ kind: 'url', url: `https://files.example/${name}` });
const CARD: ModelCard = {
  id: 'a',
  title: 'A',
  family: 'llama',
  origin: 'https://files.example/a.gguf',
  license: '',
  quantisation: 'Q8_0',
  bytes: 100,
  contextLength: 8,
  state: 'partial',
  doneBytes: 40,
  resumable: true,
  kvBytesPerToken: 0,
  experts: null,
};
const failureOf = (code: Failure['code']): Result<never> => ({
  ok: false,
  failure: { code, message: '', detail: {} },
});

interface Asked {
  readonly job: string;
  readonly source: ModelSource;
  readonly tell: (progress: ImportProgress) => void;
  readonly end: (result: Result<ModelCard>) => void;
}

function page() {
  const store = createModelStore();
  const alerts = createAlerts();
  const asked: Asked[] = [];
  const cancelled: string[] = [];
  const arrived: string[] = [];
  const api: Pick<WorkerApi, 'importModel' | 'cancel'> = {
    importModel: (job, source, _weights, tell) =>
      new Promise((end) => void asked.push({ job, source, tell, end })),
    cancel: (job) => void cancelled.push(job),
  };
  const imports = createImports({
    api: api as WorkerApi,
    store,
    alerts,
    refresh: () => Promise.resolve(),
    askToBeKept: () => Promise.resolve(),
    arrived: (id) => Promise.resolve(void arrived.push(id)),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const labels = (): readonly string[] => store.getState().imports.map(({ label }) => label);
  return { store, alerts, asked, cancelled, arrived, settle, labels, ...imports };
}

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

test('a later visit finds what had nothing stored, but for local files and what has a card', async () => {
  const before = page();
  for (const name of ['a.gguf', 'b.gguf']) void before.importModel(url(name), 'q4');
  void before.importModel({ kind: 'file', files: [new File(['x'], 'c.gguf')] });
  await vi.waitFor(async () => {
    const after = page();
    after.store.setState({ cards: [CARD] });
    await after.restoreDownloads();
    expect(after.store.getState().halted).toMatchObject([
      { label: 'b.gguf', source: url('b.gguf'), weights: 'q4', failure: null },
    ]);
  });
  const stored = page();
  await stored.restoreDownloads();
  stored.store.getState().halted.forEach(({ job }) => stored.forget(job));
  await vi.waitFor(async () => {
    const after = page();
    await after.restoreDownloads();
    expect(after.store.getState().halted).toEqual([]);
  });
});
