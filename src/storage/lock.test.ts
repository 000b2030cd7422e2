import { describe, expect, it } from 'vitest';
import { modelLock } from './lock.ts';

/** Web Locks as far as `ifAvailable` goes. */
function fakeLocks(): LockManager {
  const held = new Set<string>();
  const request = async (
    name: string,
    _options: LockOptions,
    use: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (held.has(name)) return use(null);
    held.add(name);
    try {
      return await use({ name, mode: 'exclusive' });
    } finally {
      held.delete(name);
    }
  };
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

describe('modelLock', () => {
  it('lets one writer in at a time, per model', async () => {
    const locks = fakeLocks();
    const first = await modelLock('a', undefined, locks);
    await expect(modelLock('a', undefined, locks)).rejects.toMatchObject({
      code: 'MODEL_BUSY',
      detail: { model: 'a' },
    });
    const other = await modelLock('b', undefined, locks);
    first.dispose();
    await Promise.resolve().then(() => undefined);
    const second = await modelLock('a', undefined, locks);
    second.dispose();
    other.dispose();
  });

  it('needs no Web Locks', async () => {
    (await modelLock('a')).dispose();
  });

  it('is not taken for who has cancelled', async () => {
    await expect(modelLock('a', AbortSignal.abort(), fakeLocks())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
