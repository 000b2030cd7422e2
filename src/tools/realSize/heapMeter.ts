/**
 * JavaScript memory of a page's worker, seen from outside: DevTools answers while
 * the worker computes. A peak between two questions is missed.
 */
import type { CDPSession, Page } from 'playwright';
import * as v from 'valibot';

/** Bytes. */
export interface HeapUse {
  /** Objects and strings. */
  readonly objects: number;
  /** What ArrayBuffers hold, those not yet collected too. */
  readonly buffers: number;
}

export interface HeapMeter {
  /** The most that was held at once while `work` ran; throws where no worker could be asked. */
  during<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly peak: HeapUse }>;
}

const ASK_EVERY_MS = 25;

const Answer = v.object({
  id: v.number(),
  result: v.object({
    usedSize: v.number(),
    embedderHeapUsedSize: v.number(),
    backingStorageSize: v.number(),
  }),
});

export async function workerHeapMeter(page: Page): Promise<HeapMeter> {
  const devtools = await page.context().newCDPSession(page);
  const ask = await heapQuestion(devtools);
  return {
    async during(work) {
      let peak: HeapUse = { objects: 0, buffers: 0 };
      const over = new AbortController();
      const watch = async (): Promise<void> => {
        while (!over.signal.aborted) {
          const use = await ask();
          if (use !== null && heapBytes(use) > heapBytes(peak)) peak = use;
          await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
        }
      };
      const watching = watch();
      const value = await work().finally(() => over.abort());
      await watching;
      if (heapBytes(peak) === 0) throw new Error('the worker never told of its memory');
      return { value, peak };
    },
  };
}

export function heapBytes({ objects, buffers }: HeapUse): number {
  return objects + buffers;
}

/**
 * Asks the worker that started last; null where there is none. Messages travel
 * within messages: Playwright has no sessions of workers.
 */
async function heapQuestion(devtools: CDPSession): Promise<() => Promise<HeapUse | null>> {
  let worker: string | null = null;
  let asked = 0;
  let answered: (use: HeapUse | null) => void = () => undefined;
  devtools.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') worker = sessionId;
  });
  devtools.on('Target.detachedFromTarget', ({ sessionId }) => {
    if (sessionId !== worker) return;
    worker = null;
    answered(null);
  });
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = v.safeParse(Answer, JSON.parse(message));
    if (!answer.success || answer.output.id !== asked) return; // an event
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = answer.output.result;
    answered({ objects: usedSize + embedderHeapUsedSize, buffers: backingStorageSize });
  });
  await devtools.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  return async () => {
    const sessionId = worker;
    if (sessionId === null) return null;
    const id = ++asked;
    const answer = new Promise<HeapUse | null>((resolve) => (answered = resolve));
    const message = JSON.stringify({ id, method: 'Runtime.getHeapUsage' });
    await devtools.send('Target.sendMessageToTarget', { sessionId, message });
    return answer;
  };
}
