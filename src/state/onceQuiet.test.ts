import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { onceQuiet } from './onceQuiet.ts';

interface Facts {
  readonly answering: object | null;
  readonly elsewhere: unknown;
}

const SILENT: Facts = { answering: null, elsewhere: null };

function setUp(facts: Facts) {
  const chat = createStore<Facts>(() => facts);
  let come = (): void => undefined;
  const boot = {
    ready: (signal: AbortSignal) =>
      new Promise<boolean>((resolve) => {
        come = () => resolve(true);
        signal.addEventListener('abort', () => resolve(false));
      }),
  };
  let quiet = false;
  void onceQuiet({ boot, chat }).then(() => (quiet = true));
  return {
    chat,
    come: () => come(),
    isQuiet: async (after = 0) => {
      await vi.advanceTimersByTimeAsync(after);
      return quiet;
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('waits for the model, then for the end of what is answered, shown or not', async () => {
  const { chat, come, isQuiet } = setUp({ answering: {}, elsewhere: null });
  expect(await isQuiet()).toBe(false);
  come();
  expect(await isQuiet()).toBe(false);
  chat.setState({ answering: null, elsewhere: 'another' });
  expect(await isQuiet()).toBe(false);
  chat.setState(SILENT);
  expect(await isQuiet()).toBe(true);
});

test('is there with the model where nobody asks', async () => {
  const { come, isQuiet } = setUp(SILENT);
  expect(await isQuiet()).toBe(false);
  come();
  expect(await isQuiet()).toBe(true);
});

test('no model that never comes, and no answer without an end, is waited for longer than 20 s', async () => {
  const { isQuiet } = setUp({ answering: {}, elsewhere: null });
  expect(await isQuiet(19_999)).toBe(false);
  expect(await isQuiet(1)).toBe(true);
});
