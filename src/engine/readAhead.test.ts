import { describe, expect, it } from 'vitest';
import { AppError } from '../base/failure.ts';
import type { ByteSource } from '../formats/index.ts';
import { createReadAhead } from './readAhead.ts';

const signal = new AbortController().signal;

/** Byte i is i % 251; reads are listed as 'name offset+length'. */
function source(name: string, size: number, reads: string[]): ByteSource {
  return {
    name,
    size,
    async read(offset, length) {
      reads.push(`${name} ${offset}+${length}`);
      if (offset + length > size) throw new AppError('FILE_TRUNCATED', 'short');
      return Uint8Array.from({ length }, (_, i) => (offset + i) % 251);
    },
  };
}

const bytes = (offset: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (offset + i) % 251);

describe('reading ahead', () => {
  it('serves neighbours from one request, and joins what crosses its end without asking twice', async () => {
    const reads: string[] = [];
    const file = source('f', 1000, reads);
    const read = createReadAhead(100);
    for (const offset of [10, 30, 50, 70, 90, 95]) {
      expect(await read({ source: file, offset, length: 20 }, signal)).toEqual(bytes(offset, 20));
    }
    // [10, 110), then from 110 on.
    expect(reads).toEqual(['f 10+100', 'f 110+100']);
  });

  it('asks for large ranges as they are, and never past the end', async () => {
    const reads: string[] = [];
    const file = source('f', 130, reads);
    const read = createReadAhead(100);
    await read({ source: file, offset: 0, length: 25 }, signal);
    await read({ source: file, offset: 100, length: 20 }, signal);
    await read({ source: file, offset: 125, length: 5 }, signal);
    expect(reads).toEqual(['f 0+25', 'f 100+30']);
    await expect(read({ source: file, offset: 120, length: 11 }, signal)).rejects.toMatchObject({
      code: 'FILE_TRUNCATED',
    });
  });

  it('keeps apart what lies apart, and lets go of what was not used for longest', async () => {
    const reads: string[] = [];
    const read = createReadAhead(100);
    const files = Array.from({ length: 10 }, (_, i) => source(`f${i}`, 1000, reads));
    const at = (i: number, offset: number) => read({ source: files[i]!, offset, length: 10 }, signal);
    for (let i = 0; i < 9; i++) await at(i, 500);
    for (let i = 0; i < 9; i++) expect(await at(i, 510)).toEqual(bytes(510, 10));
    expect(reads).toHaveLength(9);
    await at(0, 520);
    await at(9, 500);
    await at(0, 530);
    expect(reads).toHaveLength(10);
    await at(1, 530);
    expect(reads.at(-1)).toBe('f1 530+100');
  });

  it('shares one request between two who wait for it, and forgets one that failed', async () => {
    const reads: string[] = [];
    const file = source('f', 1000, reads);
    const read = createReadAhead(100);
    const both = await Promise.all(
      [0, 20].map((offset) => read({ source: file, offset, length: 20 }, signal)),
    );
    expect(both).toEqual([bytes(0, 20), bytes(20, 20)]);
    expect(reads).toEqual(['f 0+100']);

    let fails = true;
    const flaky: ByteSource = {
      ...file,
      read: (...range) => (fails ? Promise.reject(new AppError('NETWORK', 'lost')) : file.read(...range)),
    };
    const lost = Array.from({ length: 2 }, () => read({ source: flaky, offset: 0, length: 10 }, signal));
    for (const each of await Promise.allSettled(lost)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'NETWORK' } });
    }
    fails = false;
    expect(await read({ source: flaky, offset: 0, length: 10 }, signal)).toEqual(bytes(0, 10));
  });
});
