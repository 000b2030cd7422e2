/** The dots, and how one is pointed at: by pointer, by finger, by arrow keys. */
import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from 'react';
import type { ExpertShape } from '../../protocol/api.ts';
import type { Experts } from '../../state/experts.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { createFieldView, type FieldView } from './fieldView.ts';
import { dotAt, neighbour } from './grid.ts';

export function ExpertField({ shape }: { readonly shape: ExpertShape }): ReactNode {
  const app = useApp();
  const { experts } = app;
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<FieldView>(null);
  const keys = useId();

  useEffect(() => {
    if (!canvas.current) return undefined;
    const made = createFieldView(canvas.current, app, shape);
    view.current = made;
    return () => {
      made.dispose();
      view.current = null;
      experts.point(null);
    };
  }, [app, experts, shape]);

  function dotUnder(event: MouseEvent<HTMLElement>) {
    if (!canvas.current || !view.current) return null;
    const { left, top } = canvas.current.getBoundingClientRect();
    return dotAt(view.current.grid, event.clientX - left, event.clientY - top);
  }

  return (
    <div
      className="expert-field"
      role="application"
      tabIndex={0}
      aria-label={say.experts.field}
      aria-describedby={keys}
      onKeyDown={(event) => {
        if (!view.current || !press(experts, view.current, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerMove={(event) => experts.point(dotUnder(event))}
      onPointerLeave={() => experts.point(null)}
      onBlur={() => experts.point(null)}
      onClick={(event) => {
        const dot = dotUnder(event);
        if (dot) experts.pin(dot);
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <p className="unseen" id={keys}>
        {say.experts.keys}
      </p>
    </div>
  );
}

/** Whether the key meant something here. */
function press(experts: Experts, { grid }: FieldView, key: string): boolean {
  const { pointed, pinned } = experts.store.getState();
  if (key === 'Escape') {
    if (!pointed && !pinned) return false;
    experts.point(null);
    if (pinned) experts.pin(pinned);
    return true;
  }
  if (key === 'Enter' || key === ' ') {
    experts.pin(pointed);
    return true;
  }
  const from = pointed ?? pinned;
  const first = from === null && key.startsWith('Arrow') ? { layer: 0, expert: 0 } : null;
  const to = from === null ? first : neighbour(grid, from, key);
  if (to) experts.point(to);
  return to !== null;
}
