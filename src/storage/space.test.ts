import { describe, expect, it } from 'vitest';
import { checkSpace, storageReport } from './space.ts';

const manager = (usage: number, quota: number) => ({
  estimate: () => Promise.resolve({ usage, quota }),
  persisted: () => Promise.resolve(true),
});

describe('space', () => {
  it('is what the browser says', async () => {
    expect(await storageReport(manager(3, 10))).toEqual({ usedBytes: 3, quotaBytes: 10, persisted: true });
    expect(await storageReport(undefined)).toEqual({ usedBytes: 0, quotaBytes: 0, persisted: false });
  });

  it('has to hold a twentieth more than the model', async () => {
    await checkSpace(1000, manager(0, 1050));
    await expect(checkSpace(1000, manager(1, 1050))).rejects.toMatchObject({
      code: 'QUOTA',
      detail: { needed: 1050, free: 1049 },
    });
    await expect(checkSpace(10, manager(20, 5))).rejects.toMatchObject({
      code: 'QUOTA',
      detail: { free: 0 },
    });
    await checkSpace(1000, manager(0, 0));
  });

  it('is not believed where Chromium gives its constant answer', async () => {
    const constant = 10 * 1024 ** 3;
    const answer = manager(300_001_795, 300_001_795 + constant);
    expect(await storageReport(answer)).toMatchObject({ usedBytes: 300_001_795, quotaBytes: 0 });
    await checkSpace(50e9, answer);
    await expect(checkSpace(50e9, manager(0, constant + 1))).rejects.toMatchObject({ code: 'QUOTA' });
  });
});
