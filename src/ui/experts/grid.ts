/**
 * Where the dots lie: a band for each layer, as many lines in it as keep a dot
 * large enough to see. Lengths in CSS pixels.
 */
import type { ExpertShape } from '../../protocol/api.ts';
import type { ExpertRef } from '../../state/experts.ts';

export interface Grid {
  readonly layers: number;
  readonly experts: number;
  readonly width: number;
  readonly height: number;
  /** From one dot to the next, across and down. */
  readonly pitch: number;
  /** Experts in a line; a layer's last line may be shorter. */
  readonly perLine: number;
  /** From one layer's first line to the next one's. */
  readonly band: number;
  /** At the left, for the layers' numbers. */
  readonly gutter: number;
}

const GUTTER = 26;
const SMALLEST = 4.6;
const LARGEST = 20;
/** Between two layers, where a layer has several lines. */
const GAP = 3;
/** Above the first layer and below the last. */
const EDGE = 2;

export function gridOf({ layers, experts }: ExpertShape, width: number): Grid {
  const room = Math.max(width - GUTTER, SMALLEST);
  const lines = Math.ceil((experts * SMALLEST) / room);
  const perLine = Math.ceil(experts / lines);
  const pitch = Math.min(LARGEST, room / perLine);
  // A single line needs air as well, or 27 of them look like one field.
  const band = lines * pitch + (lines > 1 ? GAP : Math.min(4, pitch * 0.4));
  return {
    layers,
    experts,
    width,
    height: Math.ceil(layers * band + 2 * EDGE),
    pitch,
    perLine,
    band,
    gutter: GUTTER,
  };
}

/** The middle of a dot. */
export function centreOf(
  grid: Grid,
  layer: number,
  expert: number,
): { readonly x: number; readonly y: number } {
  const { gutter, pitch, perLine, band } = grid;
  return {
    x: gutter + (expert % perLine) * pitch + pitch / 2,
    y: EDGE + layer * band + Math.floor(expert / perLine) * pitch + pitch / 2,
  };
}

/** The dot nearest to a point; null in the gutter and past the edges. */
export function dotAt(grid: Grid, x: number, y: number): ExpertRef | null {
  const { gutter, pitch, perLine, band, layers, experts } = grid;
  const layer = Math.floor((y - EDGE) / band);
  if (layer < 0 || layer >= layers || x < gutter) return null;
  const lines = Math.ceil(experts / perLine);
  const line = Math.min(lines - 1, Math.floor((y - EDGE - layer * band) / pitch));
  const column = Math.floor((x - gutter) / pitch);
  const expert = line * perLine + column;
  return column < perLine && expert < experts ? { layer, expert } : null;
}

/** Where an arrow key leads; null where it is none, or there is nothing further. */
export function neighbour(grid: Grid, { layer, expert }: ExpertRef, key: string): ExpertRef | null {
  const { layers, experts } = grid;
  const to = {
    ArrowLeft: { layer, expert: expert - 1 },
    ArrowRight: { layer, expert: expert + 1 },
    ArrowUp: { layer: layer - 1, expert },
    ArrowDown: { layer: layer + 1, expert },
    Home: { layer, expert: 0 },
    End: { layer, expert: experts - 1 },
    PageUp: { layer: 0, expert },
    PageDown: { layer: layers - 1, expert },
  }[key];
  if (!to || to.layer < 0 || to.layer >= layers || to.expert < 0 || to.expert >= experts) return null;
  return to;
}
