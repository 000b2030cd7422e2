import { describe, expect, test } from 'vitest';
import { matvec } from './matvec.ts';

const PLAIN = { layout: 'q4m', prologue: 'none', bias: false, add: false, gate: 'none' } as const;

describe('matvec', () => {
  test.each(['hardware', 'software'] as const)('covers a million rows within the grid limit, %s', (shape) => {
    const [x, y, z] = matvec({ ...PLAIN, shape }).grid({ rows: 1_000_000 }, 1);
    const outputs = shape === 'hardware' ? 8 : 128;
    expect(x).toBeLessThanOrEqual(65535);
    expect(y).toBeLessThanOrEqual(65535);
    expect(z).toBe(1);
    expect(x * y * outputs).toBeGreaterThanOrEqual(1_000_000);
  });

  test('refuses a variant of nine storage buffers', () => {
    const nine = { ...PLAIN, shape: 'hardware', prologue: 'postNorm', bias: true } as const;
    expect(() => matvec(nine)).toThrow('needs 9 storage buffers');
  });
});
