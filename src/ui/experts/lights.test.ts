import { expect, it } from 'vitest';
import { createLights, levelsOfUse, levelsOfWord } from './lights.ts';

const SHAPE = { layers: 2, experts: 3, topK: 2 };
const routes = (ids: readonly number[], weights: readonly number[]) => ({
  ids: Uint16Array.from(ids),
  weights: Float32Array.from(weights),
});
const rounded = (levels: Float32Array): number[] =>
  Array.from(levels, (level) => Math.round(level * 1000) / 1000);

it('lights by weight against the strongest of the layer, whatever the scale', () => {
  const lights = createLights(SHAPE, true);
  lights.light(routes([0, 2, 1, 2], [0.5, 1, 6, 3]), 1000);
  expect(lights.fade(1000)).toBe(true);
  expect(rounded(lights.levels)).toEqual([0.625, 0, 1, 0, 1, 0.625]);
});

it('fades over a second and a half, then rests', () => {
  const lights = createLights(SHAPE, true);
  lights.light(routes([0, 1, 0, 1], [1, 1, 1, 1]), 0);
  expect(lights.fade(750)).toBe(true);
  expect(lights.levels[0]).toBeCloseTo(0.25);
  expect(lights.fade(1500)).toBe(false);
  expect(Math.max(...lights.levels)).toBe(0);
});

it('is not dimmed by a weaker choice while the stronger one still shines', () => {
  const lights = createLights(SHAPE, true);
  lights.light(routes([0, 1, 0, 1], [1, 1, 1, 1]), 0);
  lights.light(routes([0, 1, 0, 1], [0.01, 1, 1, 1]), 10);
  lights.fade(10);
  expect(lights.levels[0]).toBeGreaterThan(0.9);
});

it('shows the last token alone where nothing may move', () => {
  const lights = createLights(SHAPE, false);
  lights.light(routes([0, 1, 0, 1], [1, 1, 1, 1]), 0);
  lights.light(routes([1, 2, 1, 2], [1, 1, 1, 1]), 10);
  expect(lights.fade(10)).toBe(false);
  expect(rounded(lights.levels)).toEqual([0, 1, 1, 0, 1, 1]);
});

it('joins a word’s tokens', () => {
  const levels = levelsOfWord(SHAPE, [
    routes([0, 1, 0, 1], [1, 1, 1, 1]),
    routes([0, 2, 0, 1], [1, 1, 1, 1]),
  ]);
  expect(rounded(levels)).toEqual([1, 1, 1, 1, 1, 0]);
});

it('shows use against the busiest of the layer', () => {
  const usage = {
    shape: SHAPE,
    tokens: 4,
    counts: Uint32Array.of(4, 2, 2, 0, 0, 0),
    weights: new Float64Array(6),
  };
  expect(rounded(levelsOfUse(usage))).toEqual([1, 0.5, 0.5, 0, 0, 0]);
});
