/** The answer being spoken, as often as is worth drawing. */
import { startTransition, useEffect, useState } from 'react';
import type { ChatStore } from '../../state/chat.ts';
import { liveShape, type Shape } from './shape.ts';

/** Twenty times a second words seem to flow; a long block that has not ended costs more each time. */
const QUICK_MS = 50;
const SLOW_MS = 150;
const LONG_BLOCK = 1500;

interface Drawn {
  /** Of the turn it was drawn in: a message that is gone on with has several. */
  readonly job: string;
  readonly shape: Shape;
}

function drawnNow(store: ChatStore, id: string | null): Drawn | null {
  const { answering } = store.getState();
  return answering?.id === id
    ? { job: answering.job, shape: liveShape(answering.id, answering.shown) }
    : null;
}

/** null for a message that is not being spoken. */
export function useLive(store: ChatStore, id: string | null): Shape | null {
  const [drawn, setDrawn] = useState(() => drawnNow(store, id));
  useEffect(() => {
    if (id === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = QUICK_MS;
    const show = (): void => {
      timer = undefined;
      const now = drawnNow(store, id);
      if (!now) return;
      const last = now.shape.parts.at(-1)?.blocks.at(-1);
      pause = last && last.kind !== 'code' && last.text.length > LONG_BLOCK ? SLOW_MS : QUICK_MS;
      // In slices between frames: after a pause (a tab that was hidden) many words come at once.
      startTransition(() => setDrawn(now));
    };
    show();
    const stop = store.subscribe(() => {
      timer ??= setTimeout(show, pause);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, id]);
  if (id === null) return null;
  const job = store.getState().answering?.job;
  // What was drawn last of an earlier turn is older than what was kept of it, and may still be on its way.
  const current = drawn !== null && (job === undefined || drawn.job === job);
  return (current ? drawn : drawnNow(store, id))?.shape ?? null;
}
