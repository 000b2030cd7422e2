/** The answer being spoken, as often as is worth drawing. */
import { startTransition, useEffect, useState } from 'react';
import type { ChatStore } from '../../state/chat.ts';
import { liveShape, type Shape } from './shape.ts';

/** Twenty times a second words seem to flow; a long block that has not ended costs more each time. */
const QUICK_MS = 50;
const SLOW_MS = 150;
const LONG_BLOCK = 1500;

function shapeNow(store: ChatStore, id: string): Shape | null {
  const { answering } = store.getState();
  return answering?.id === id ? liveShape(id, answering.shown) : null;
}

/** null for a message that is not being spoken. */
export function useLive(store: ChatStore, id: string | null): Shape | null {
  const [shape, setShape] = useState<Shape | null>(() => (id === null ? null : shapeNow(store, id)));
  useEffect(() => {
    if (id === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = QUICK_MS;
    const show = (): void => {
      timer = undefined;
      const now = shapeNow(store, id);
      if (!now) return;
      const last = now.parts.at(-1)?.blocks.at(-1);
      pause = last && last.kind !== 'code' && last.text.length > LONG_BLOCK ? SLOW_MS : QUICK_MS;
      // In slices between frames: after a pause (a tab that was hidden) many words come at once.
      startTransition(() => setShape(now));
    };
    // Words may have come since it was drawn.
    show();
    const stop = store.subscribe(() => {
      timer ??= setTimeout(show, pause);
    });
    return () => {
      stop();
      clearTimeout(timer);
      // A message may be gone on with, from more than was drawn while it was spoken.
      setShape(null);
    };
  }, [store, id]);
  return shape ?? (id === null ? null : shapeNow(store, id));
}
