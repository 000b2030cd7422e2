/** Draws the dots. */
import type { ExpertRef } from '../../state/experts.ts';
import { centreOf, type Grid } from './grid.ts';

export interface Colours {
  readonly dot: string;
  readonly lit: string;
  /** What the canvas stands on. */
  readonly under: string;
  readonly ring: string;
  readonly held: string;
  readonly text: string;
  readonly font: string;
}

/** The page's own colours, as they are now. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    dot: colour('--dot'),
    lit: colour('--coral'),
    under: colour('--raised'),
    ring: colour('--ink'),
    held: colour('--coral-line'),
    text: colour('--ink-soft'),
    font: style.fontFamily,
  };
}

/** Dots of one brightness are one path: a few fills a frame, however many there are. */
const STEPS = 20;
/** Below it a square cannot be told from a circle, and costs less. */
const ROUND_FROM = 7;
const AT_REST = 0.55;
const ROOM_FOR_NUMBER = 13;
/** Radius of a resting and of a fully lit dot, in pitches. */
const RESTING = 0.26;
const LIT = 0.44;

/** A canvas as sharp as the screen; drawn on in CSS pixels. */
export function fit(canvas: HTMLCanvasElement, { width, height }: Grid): CanvasRenderingContext2D | null {
  const ratio = Math.max(1, devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context?.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  return context;
}

/** What never moves: resting dots and the layers' numbers. */
export function paintGround(context: CanvasRenderingContext2D, grid: Grid, colours: Colours): void {
  context.clearRect(0, 0, grid.width, grid.height);
  const path = new Path2D();
  for (let layer = 0; layer < grid.layers; layer++) {
    for (let expert = 0; expert < grid.experts; expert++) addDot(path, grid, layer, expert, RESTING);
  }
  fillDots(context, path, colours.dot, AT_REST);
  paintNumbers(context, grid, colours);
}

function paintNumbers(context: CanvasRenderingContext2D, grid: Grid, { text, font }: Colours): void {
  context.fillStyle = text;
  context.font = `11px ${font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const every = [1, 2, 4, 5, 8, 10].find((step) => step * grid.band >= ROOM_FOR_NUMBER) ?? 20;
  for (let layer = 0; layer < grid.layers; layer++) {
    // The first, then every so many; none so near to the first that they touch.
    if (layer > 0 && ((layer + 1) % every !== 0 || layer * grid.band < ROOM_FOR_NUMBER)) continue;
    context.fillText(String(layer + 1), grid.gutter - 8, centreOf(grid, layer, 0).y + 0.5);
  }
}

/** Over a copy of the ground. */
export function paintLevels(
  context: CanvasRenderingContext2D,
  grid: Grid,
  levels: Float32Array,
  { lit, dot, under }: Colours,
): void {
  const paths: (Path2D | undefined)[] = [];
  for (let place = 0; place < levels.length; place++) {
    const step = Math.round(levels[place]! * STEPS);
    if (step === 0) continue;
    const path = (paths[step] ??= new Path2D());
    const size = RESTING + (LIT - RESTING) * (step / STEPS);
    addDot(path, grid, Math.floor(place / grid.experts), place % grid.experts, size);
  }
  paths.forEach((path, step) => {
    if (!path) return;
    // A lit dot is larger than it was at rest: what it grew over is mixed alike.
    fillDots(context, path, under, 1);
    fillDots(context, path, dot, AT_REST * (1 - step / STEPS));
    fillDots(context, path, lit, step / STEPS);
  });
}

function fillDots(context: CanvasRenderingContext2D, dots: Path2D, colour: string, alpha: number): void {
  context.fillStyle = colour;
  context.globalAlpha = alpha;
  context.fill(dots);
  context.globalAlpha = 1;
}

export function paintRing(
  context: CanvasRenderingContext2D,
  grid: Grid,
  { layer, expert }: ExpertRef,
  colour: string,
): void {
  const { x, y } = centreOf(grid, layer, expert);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, Math.max(grid.pitch * 0.5, 3.5), 0, 2 * Math.PI);
  context.stroke();
}

function addDot(path: Path2D, grid: Grid, layer: number, expert: number, size: number): void {
  const { x, y } = centreOf(grid, layer, expert);
  const radius = Math.max(size * grid.pitch, 0.9);
  if (grid.pitch < ROUND_FROM) {
    path.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    return;
  }
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}
