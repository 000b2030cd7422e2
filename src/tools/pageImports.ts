/** For tests: a page's downloads over a worker that answers when it is told to. */
import type { Failure, ImportProgress, ModelCard, ModelSource, Result, WorkerApi } from '../protocol/api.ts';
import { createAlerts } from '../state/alerts.ts';
import { createImports } from '../state/imports.ts';
import { createModelStore } from '../state/modelFacts.ts';

export const url = (name: string): ModelSource => ({ kind: 'url', url: `https://files.example/${name}` });
export const CARD: ModelCard = {
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
export const failureOf = (code: Failure['code']): Result<never> => ({
  ok: false,
  failure: { code, message: '', detail: {} },
});

interface Asked {
  readonly job: string;
  readonly source: ModelSource;
  readonly tell: (progress: ImportProgress) => void;
  readonly end: (result: Result<ModelCard>) => void;
}

/** Tabs of one browser: they hear one another, and each one's locks are free when it is closed. */
export function browser() {
  const ears = new Set<(message: unknown) => void>();
  const lines = new Map<string, (() => void)[]>();
  const open = () => {
    const held: string[] = [];
    let own: (message: unknown) => void = () => undefined;
    const request = async (name: string, callback: () => unknown): Promise<void> => {
      const line = lines.get(name);
      if (line) await new Promise<void>((granted) => void line.push(granted));
      else lines.set(name, []);
      held.push(name);
      await callback();
    };
    return {
      channel: {
        hear: (listener: (message: unknown) => void): void => void ears.add((own = listener)),
        tell: (message: unknown): void => ears.forEach((ear) => ear !== own && ear(message)),
      },
      // The page's types overload `request`; the fake takes the form that is used.
      locks: { request } as unknown as Pick<LockManager, 'request'>,
      close: (): void => {
        ears.delete(own);
        held.forEach((name) => lines.get(name)?.shift()?.());
      },
    };
  };
  return { open };
}

export function page({ channel, locks } = browser().open()) {
  const store = createModelStore();
  const alerts = createAlerts();
  const asked: Asked[] = [];
  const cancelled: string[] = [];
  const arrived: string[] = [];
  const asksToBeKept: number[] = [];
  const api: Pick<WorkerApi, 'importModel' | 'cancel'> = {
    importModel: (job, source, _weights, tell) =>
      new Promise((end) => void asked.push({ job, source, tell, end })),
    cancel: (job) => void cancelled.push(job),
  };
  const imports = createImports(
    {
      api: api as WorkerApi,
      store,
      alerts,
      refresh: () => Promise.resolve(),
      askToBeKept: () => Promise.resolve(void asksToBeKept.push(1)),
      arrived: (id) => Promise.resolve(void arrived.push(id)),
    },
    { channel, locks },
  );
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const labels = (): readonly string[] => store.getState().imports.map(({ label }) => label);
  return { store, alerts, asked, asksToBeKept, cancelled, arrived, settle, labels, ...imports };
}
