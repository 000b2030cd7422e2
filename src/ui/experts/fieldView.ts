/**
 * The canvas, driven by the store and by every token's routes as they come, past
 * React: it asks for frames only while a light is fading or something was changed.
 */
import type { App } from '../../state/app.ts';
import type { ExpertShape } from '../../protocol/api.ts';
import { gridOf, type Grid } from './grid.ts';
import { createLights, levelsOfUse, levelsOfWord, type Lights } from './lights.ts';
import { coloursOf, fit, paintGround, paintLevels, paintRing } from './paint.ts';

export interface FieldView {
  /** As the dots lie now. */
  readonly grid: Grid;
  dispose(): void;
}

/** Thirty pictures a second are enough for a fade. */
const FRAME_MS = 30;

export function createFieldView(canvas: HTMLCanvasElement, app: App, shape: ExpertShape): FieldView {
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let lights = createLights(shape, !still.matches);
  const picture = createPicture(canvas, app, shape);
  const pace = createPace((now) => picture.draw(lights, now));
  function calm(): void {
    lights = createLights(shape, !still.matches);
    pace.soon();
  }
  function layOut(): void {
    if (canvas.clientWidth === 0) return; // it is being taken off the page
    picture.layOut();
    picture.draw(lights, performance.now());
  }
  const leave = [
    app.experts.watch((routes) => {
      lights.light(routes, performance.now());
      pace.soon();
    }),
    app.experts.store.subscribe(pace.soon),
    app.chat.store.subscribe((now, before) => {
      if (now.conversation.id !== before.conversation.id) pace.soon();
    }),
    onLook(canvas, layOut),
    onChange(still, calm),
    pace.stop,
  ];
  layOut();
  return {
    get grid() {
      return picture.grid;
    },
    dispose() {
      for (const end of leave) end();
    },
  };
}

function createPicture(canvas: HTMLCanvasElement, app: App, shape: ExpertShape) {
  const ground = document.createElement('canvas');
  const dark = new Float32Array(shape.layers * shape.experts);
  let grid = gridOf(shape, canvas.clientWidth);
  let context: CanvasRenderingContext2D | null = null;
  let colours = coloursOf(canvas);

  /** What the dots show now, and whether they will look otherwise a moment later. */
  function levelsNow(lights: Lights, now: number): { levels: Float32Array; moving: boolean } {
    const { token, mode } = app.experts.store.getState();
    if (token) return { levels: levelsOfWord(shape, app.experts.choicesOf(token)), moving: false };
    if (mode === 'live') return { moving: lights.fade(now), levels: lights.levels };
    const usage = app.experts.usageOf(app.chat.store.getState().conversation.id);
    return { levels: usage ? levelsOfUse(usage) : dark, moving: false };
  }

  return {
    get grid() {
      return grid;
    },
    layOut(): void {
      grid = gridOf(shape, canvas.clientWidth);
      canvas.style.height = `${grid.height}px`;
      colours = coloursOf(canvas);
      context = fit(canvas, grid);
      const under = fit(ground, grid);
      if (under) paintGround(under, grid, colours);
    },
    /** Whether it has to be drawn again. */
    draw(lights: Lights, now: number): boolean {
      if (!context) return false;
      const { pointed, pinned } = app.experts.store.getState();
      const { levels, moving } = levelsNow(lights, now);
      context.clearRect(0, 0, grid.width, grid.height);
      context.drawImage(ground, 0, 0, grid.width, grid.height);
      paintLevels(context, grid, levels, colours);
      if (pinned) paintRing(context, grid, pinned, colours.held);
      if (pointed) paintRing(context, grid, pointed, colours.ring);
      return moving;
    },
  };
}

/** Draws at the next frame, and on for as long as `draw` asks for it. */
function createPace(draw: (now: number) => boolean) {
  let frame = 0;
  let drawnAt = -Infinity;
  function soon(): void {
    frame ||= requestAnimationFrame((now) => {
      frame = 0;
      if (now - drawnAt < FRAME_MS) {
        soon();
        return;
      }
      drawnAt = now;
      if (draw(now)) soon();
    });
  }
  return { soon, stop: () => cancelAnimationFrame(frame) };
}

/** Another width, scheme or theme: everything is measured and coloured anew. */
function onLook(canvas: HTMLCanvasElement, layOut: () => void): () => void {
  const resized = new ResizeObserver(layOut);
  resized.observe(canvas.parentElement ?? canvas);
  // The theme of the settings is an attribute of the root.
  const themed = new MutationObserver(layOut);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const leaveScheme = onChange(matchMedia('(prefers-color-scheme: dark)'), layOut);
  return () => {
    resized.disconnect();
    themed.disconnect();
    leaveScheme();
  };
}

function onChange(query: MediaQueryList, heard: () => void): () => void {
  query.addEventListener('change', heard);
  return () => query.removeEventListener('change', heard);
}
