import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { saved } from './saved.ts';
import { createSettings, PRESETS, presetOf } from './settings.ts';

const silent = { tell: (): void => undefined, hear: (): void => undefined };

describe('settings', () => {
  it('know a preset by its values, whatever else is set', () => {
    const { store, change } = createSettings({ channel: silent, guideSpeaks: () => false });
    expect(presetOf(store.getState())).toBe('balanced');
    change({ ...PRESETS.precise, seed: 7, maxTokens: 10 });
    expect(presetOf(store.getState())).toBe('precise');
    change({ temperature: 0.25 });
    expect(presetOf(store.getState())).toBe('own');
  });

  it('draw the guide’s answers as it was made for, others’ as they say', () => {
    let guide = true;
    const { change, sampling } = createSettings({ channel: silent, guideSpeaks: () => guide });
    change({ temperature: 1.5, topP: 0.5, seed: 3 });
    expect(sampling()).toMatchObject({ temperature: 0.3, topP: 0.9, seed: 3 });
    guide = false;
    expect(sampling()).toMatchObject({ temperature: 1.5, topP: 0.5, seed: 3 });
  });

  it('draw a new seed for each answer where none is set', () => {
    const { sampling } = createSettings({ channel: silent, guideSpeaks: () => false });
    expect(sampling().seed).not.toBe(sampling().seed);
  });

  it('go to other tabs, and come from them when they are whole', async () => {
    const ears: ((message: unknown) => void)[] = [];
    const tell = vi.fn();
    const { store, change, restore } = createSettings({
      channel: { tell, hear: (listener) => void ears.push(listener) },
      guideSpeaks: () => false,
    });
    await restore();
    change({ theme: 'dark' });
    expect(tell).toHaveBeenCalledWith(expect.objectContaining({ theme: 'dark', topK: 40 }));
    const from = store.getState();
    ears.forEach((ear) => ear({ ...from, language: 'zh' }));
    expect(store.getState().language).toBe('zh');
    ears.forEach((ear) => ear({ ...from, language: 'tlh' }));
    ears.forEach((ear) => ear('nonsense'));
    expect(store.getState()).toEqual({ ...from, language: 'zh' });
    expect(tell).toHaveBeenCalledOnce();
  });

  it('that are changed before what was kept is read change nothing else of it', async () => {
    const make = () => createSettings({ channel: silent, guideSpeaks: () => false });
    const usual = make().store.getState();
    await saved.keepSettings({ ...usual, systemPrompt: 'Mine', theme: 'dark' });
    const settings = make();
    settings.change({ singleKeys: false });
    await settings.restore();
    const now = { systemPrompt: 'Mine', theme: 'dark', singleKeys: false };
    expect(settings.store.getState()).toMatchObject(now);
    expect(await saved.settings()).toMatchObject(now);
  });
});
