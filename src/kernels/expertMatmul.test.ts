import { expect, test } from 'vitest';
import { plainSort, randomRoutes, randomSlots } from './expertMatmul/plain.ts';
import { expertBlocks, expertMatmul, type ExpertMatmulOptions } from './expertMatmul.ts';
import { expertSort, mostExpertTiles } from './expertSort.ts';
import { seededRandom } from './quant/plain.ts';

const GATE_UP: ExpertMatmulOptions = {
  layout: 'q4k',
  shape: 'hardware',
  role: 'gateUp',
  gate: 'swigluOai',
  bias: true,
  weighInput: true,
};

test('the widest variant binds no more than every device has', () => {
  expect(expertMatmul(GATE_UP).bindings.map(({ name }) => name)).toEqual([
    'quants',
    'scales',
    'x',
    'order',
    'tiles',
    'y',
    'bias',
    'routes',
  ]);
});

test('a gate goes with gateUp alone, and so do weights', () => {
  expect(() => expertMatmul({ ...GATE_UP, gate: 'none' })).toThrow('gate and role disagree');
  expect(() => expertMatmul({ ...GATE_UP, role: 'down' })).toThrow('gate and role disagree');
  expect(() => expertMatmul({ ...GATE_UP, role: 'down', gate: 'none' })).toThrow('no weights in down');
});

test('nobody but the GPU knows the grid of expertMatmul; a chunk too long to sort is refused', () => {
  expect(() => expertMatmul(GATE_UP).grid({}, 1)).toThrow('the grid that expertSort wrote');
  const sort = expertSort({ ids: 8, tokens: 100 });
  expect(sort.grid({}, 128)).toEqual([1, 1, 1]);
  expect(() => sort.grid({}, 129)).toThrow('expertSort of 129 tokens, room for 128');
  expect(() => expertSort({ ids: 8, tokens: 513 })).toThrow('expertSort of 513 tokens');
});

test('a gated block makes half as many outputs as it makes sums', () => {
  expect(expertBlocks('hardware', 'down', 65)).toBe(2);
  expect(expertBlocks('hardware', 'gateUp', 65)).toBe(3);
  expect(expertBlocks('software', 'down', 128)).toBe(1);
  expect(expertBlocks('software', 'gateUp', 128)).toBe(2);
});

test('no routes make more tiles than there is room for, and some fill it', () => {
  const random = seededRandom(1);
  for (const [tokens, experts, topK] of [
    [1, 5, 2],
    [70, 12, 3],
    [3, 130, 8],
    [512, 60, 4],
  ] as const) {
    const routes = randomRoutes({ tokens, experts, topK, shared: 0 }, random);
    const { tiles } = plainSort(routes, randomSlots(experts, experts, [], random), { idBase: 0, tile: 16 });
    expect(tiles.length).toBeLessThanOrEqual(mostExpertTiles(tokens * topK, experts, 16));
  }
  expect(mostExpertTiles(2, 130, 16)).toBe(2); // an entry on each of two experts
  expect(mostExpertTiles(16 * 7 + 3, 3, 16)).toBe(10); // 7 full tiles and one entry on each of three
});
