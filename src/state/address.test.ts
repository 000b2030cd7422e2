import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import type { ImportProgress } from '../protocol/api.ts';
import { failureOf, page } from '../tools/pageImports.ts';

// A page's frames, in Node.
vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call));
vi.stubGlobal('cancelAnimationFrame', clearTimeout);

describe('an address that was typed', () => {
  const [slip, right] = ['https://files.example/slip.gguf', 'https://files.example/right.gguf'];
  const PROGRESS: ImportProgress = { modelId: 'a', title: 'A', doneBytes: 0, totalBytes: 100, speed: 0 };

  function typed(address: string) {
    const here = page();
    here.typeAddress(address);
    here.askAddress(address);
    return { ...here, address: () => here.store.getState().address };
  }

  test('stays with what is wrong with it, and nothing else is left of it', async () => {
    const { asked, askAddress, watchAddress, address, alerts, settle, store } = typed(slip);
    watchAddress();
    asked[0]!.end(failureOf('NOT_A_MODEL'));
    await settle();
    expect(address()).toMatchObject({ text: slip, failure: { code: 'NOT_A_MODEL' } });
    expect([store.getState().imports, store.getState().halted]).toEqual([[], []]);
    expect(alerts.store.getState().alerts).toEqual([]);
    askAddress(slip);
    expect(address().failure).toBe(null);
  });

  test('out of sight is told of as any other download, and stays', async () => {
    const { asked, watchAddress, address, alerts, settle, store } = typed(slip);
    const leave = watchAddress();
    leave();
    asked[0]!.end(failureOf('HTTP_STATUS'));
    await settle();
    expect(address()).toMatchObject({ text: slip, failure: { code: 'HTTP_STATUS' } });
    expect(alerts.store.getState().alerts).toHaveLength(1);
    expect(store.getState().halted).toHaveLength(1);
  });

  test('goes when a file is found there, but for what was typed since', async () => {
    const { asked, watchAddress, typeAddress, askAddress, address, alerts, settle, store } = typed(slip);
    watchAddress();
    asked[0]!.tell(PROGRESS);
    expect(address()).toEqual({ text: '', asked: null, failure: null });
    // From here on it is a download that stopped.
    asked[0]!.end(failureOf('NETWORK'));
    await settle();
    expect(store.getState().halted).toHaveLength(1);
    expect(alerts.store.getState().alerts).toHaveLength(1);
    askAddress(right);
    typeAddress('https://files.');
    asked[1]!.tell(PROGRESS);
    expect(address().text).toBe('https://files.');
  });
});
