import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { LoadedReport, SelfTestCase, WorkerApi } from '../protocol/api.ts';
import { createQuickTest, IDLE_MS } from './quickTest.ts';

const LOADED: LoadedReport = { modelId: 'm', contextLength: 512, runsOn: 'gpu', gpuBytes: 1, loadMs: 1 };
const WRONG: SelfTestCase = { kernel: 'glu.silu', name: 'odd', verdict: 'failed', words: 'far off', ms: 1 };

function stage(cases: readonly SelfTestCase[] = []) {
  const models = createStore<{ loaded: LoadedReport | null; loading: object | null }>(() => ({
    loaded: null,
    loading: null,
  }));
  const chat = createStore<{ answering: object | null; elsewhere: null; draft: string }>(() => ({
    elsewhere: null,
    answering: null,
    draft: '',
  }));
  const asked: string[] = [];
  const cancelled: string[] = [];
  let end: (how: 'done' | 'cancelled') => void = () => undefined;
  const api: Partial<WorkerApi> = {
    selfTest: (_job, mode) => {
      asked.push(mode);
      return new Promise((resolve) => {
        end = (how) =>
          resolve(
            how === 'done'
              ? { ok: true, value: { key: 'k', mode, cases, ms: 1 } }
              : { ok: false, failure: { code: 'CANCELLED', message: '', detail: {} } },
          );
      });
    },
    cancel: (job) => void cancelled.push(job),
  };
  const onWrong = vi.fn(async () => undefined);
  const busy = (): boolean => chat.getState().answering !== null;
  const quick = createQuickTest({ api: api as WorkerApi, models, chat, busy, onWrong });
  const stop = quick.watch();
  return {
    models,
    chat,
    asked,
    cancelled,
    onWrong,
    stop,
    end: async (how: 'done' | 'cancelled') => {
      end(how);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('begins when a model has been loaded and nothing happens for a while', async () => {
  const { models, chat, asked, end, onWrong, stop } = stage();
  await vi.advanceTimersByTimeAsync(IDLE_MS * 2);
  expect(asked).toEqual([]);
  models.setState({ loaded: LOADED });
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
  chat.setState({ draft: 'a' });
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['quick']);
  await end('done');
  chat.setState({ draft: 'ab' });
  await vi.advanceTimersByTimeAsync(IDLE_MS * 2);
  expect(asked).toEqual(['quick']);
  expect(onWrong).not.toHaveBeenCalled();
  stop();
});

it('gives way to an answer and goes on after it', async () => {
  const { models, chat, asked, cancelled, end, stop } = stage();
  models.setState({ loaded: LOADED });
  await vi.advanceTimersByTimeAsync(IDLE_MS);
  chat.setState({ answering: {} });
  expect(cancelled).toHaveLength(1);
  await end('cancelled');
  await vi.advanceTimersByTimeAsync(IDLE_MS * 2);
  expect(asked).toEqual(['quick']);
  chat.setState({ answering: null });
  await vi.advanceTimersByTimeAsync(IDLE_MS);
  expect(asked).toEqual(['quick', 'quick']);
  stop();
});

it('does not test what the CPU computes, nor before a load has ended', async () => {
  const { models, asked, stop } = stage();
  models.setState({ loaded: { ...LOADED, runsOn: 'cpu' } });
  await vi.advanceTimersByTimeAsync(IDLE_MS * 2);
  models.setState({ loaded: LOADED, loading: {} });
  await vi.advanceTimersByTimeAsync(IDLE_MS * 2);
  expect(asked).toEqual([]);
  stop();
});

it('tells which kernels are wrong, each once, and of which model', async () => {
  const { models, end, onWrong, stop } = stage([
    WRONG,
    { ...WRONG, name: 'even' },
    { ...WRONG, kernel: 'x', verdict: 'passed' },
  ]);
  models.setState({ loaded: LOADED });
  await vi.advanceTimersByTimeAsync(IDLE_MS);
  await end('done');
  expect(onWrong).toHaveBeenCalledExactlyOnceWith(['glu.silu'], 'm');
  stop();
});
