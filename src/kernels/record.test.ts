import { expect, test } from 'vitest';
import type { KernelCard } from './card.ts';
import { packParams } from './record.ts';

const card: KernelCard = {
  name: 'fields',
  params: [
    { name: 'rows', type: 'u32' },
    { name: 'shift', type: 'i32' },
    { name: 'eps', type: 'f32' },
    { name: 'cap', type: 'f32' },
    { name: 'mask', type: 'u32' },
  ],
  bindings: [],
  usesStep: false,
  wgsl: '',
  constants: {},
  needs: [],
  grid: () => [1, 1, 1],
};
const params = { rows: 4294967295, shift: -2, eps: 0.5, cap: -Infinity, mask: 1 };

test('fields lie in the card’s order, four bytes each, padded to sixteen', () => {
  const words = [...new Uint32Array(packParams(card, params))].map((word) => word.toString(16));
  // IEEE 754: 0.5 is 3f000000, -Infinity is ff800000
  expect(words).toEqual(['ffffffff', 'fffffffe', '3f000000', 'ff800000', '1', '0', '0', '0']);
});

test('a missing, stray or fractional parameter is a bug', () => {
  const { mask: _, ...missing } = params;
  expect(() => packParams(card, missing)).toThrow('parameter mask is missing');
  expect(() => packParams(card, { ...params, row: 1 })).toThrow('fields has no parameter row');
  expect(() => packParams(card, { ...params, rows: 1.5 })).toThrow('rows is 1.5, not an integer');
});
