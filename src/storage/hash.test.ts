import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from './hash.ts';

const MiB = 1024 * 1024;
const plain = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

describe('sha256', () => {
  it('is the plain one up to 32 MiB', async () => {
    const bytes = new Uint8Array(32 * MiB).fill(7);
    for (const part of [bytes.subarray(0, 0), bytes.subarray(3, 1000), bytes]) {
      expect(await sha256(part)).toBe(plain(part).toString('hex'));
    }
  });

  it('is that of the pieces’ hashes beyond, and covers every byte', async () => {
    const bytes = new Uint8Array(64 * MiB + 5);
    bytes[40 * MiB] = 1;
    const pieces = [0, 32, 64].map((start) => plain(bytes.subarray(start * MiB, (start + 32) * MiB)));
    const whole = await sha256(bytes);
    expect(whole).toBe(plain(Buffer.concat(pieces)).toString('hex'));
    bytes[64 * MiB + 4] = 1;
    expect(await sha256(bytes)).not.toBe(whole);
  });
});
