import { describe, expect, it } from 'vitest';
import { centreOf, dotAt, gridOf, neighbour } from './grid.ts';

const shape = (layers: number, experts: number) => ({ layers, experts, topK: 2 });

describe.each([
  ['the guide', shape(4, 16)],
  ['27 × 64', shape(27, 64)],
  ['48 × 128', shape(48, 128)],
  ['a prime number of experts', shape(3, 131)],
])('the dots of %s', (_, of) => {
  it.each([240, 288, 344, 520])('can be seen and told apart at %i px', (width) => {
    const grid = gridOf(of, width);
    expect(grid.pitch).toBeGreaterThanOrEqual(4.6);
    expect(grid.pitch).toBeLessThanOrEqual(20);
    for (const layer of [0, of.layers - 1]) {
      const all = Array.from({ length: of.experts }, (_unused, expert) => expert);
      const centres = all.map((expert) => centreOf(grid, layer, expert));
      expect(centres.map(({ x, y }) => dotAt(grid, x, y))).toEqual(all.map((expert) => ({ layer, expert })));
      expect(Math.max(...centres.map(({ x }) => x)) + grid.pitch / 2).toBeLessThanOrEqual(width + 1e-9);
      expect(Math.max(...centres.map(({ y }) => y)) + grid.pitch / 2).toBeLessThanOrEqual(grid.height);
    }
  });
});

it('has a line a layer while they fit', () => {
  expect(gridOf(shape(27, 64), 344).perLine).toBe(64);
  expect(gridOf(shape(48, 128), 344).perLine).toBe(64);
  expect(gridOf(shape(4, 16), 344).pitch).toBeGreaterThan(18);
});

it('finds no dot beside them', () => {
  const grid = gridOf(shape(4, 16), 344);
  expect(dotAt(grid, 10, 10)).toBeNull();
  expect(dotAt(grid, 343, 1)).toBeNull();
  expect(dotAt(grid, 100, grid.height + 5)).toBeNull();
});

it('goes by arrow keys and stops at the edges', () => {
  const grid = gridOf(shape(4, 16), 344);
  expect(neighbour(grid, { layer: 0, expert: 0 }, 'ArrowRight')).toEqual({ layer: 0, expert: 1 });
  expect(neighbour(grid, { layer: 0, expert: 0 }, 'ArrowDown')).toEqual({ layer: 1, expert: 0 });
  expect(neighbour(grid, { layer: 0, expert: 0 }, 'ArrowLeft')).toBeNull();
  expect(neighbour(grid, { layer: 3, expert: 2 }, 'ArrowDown')).toBeNull();
  expect(neighbour(grid, { layer: 3, expert: 2 }, 'End')).toEqual({ layer: 3, expert: 15 });
  expect(neighbour(grid, { layer: 3, expert: 2 }, 'x')).toBeNull();
});
