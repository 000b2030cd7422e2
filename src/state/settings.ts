/** How answers are drawn, and what the model is told first. */
import { createStore } from 'zustand/vanilla';
import type { Sampling } from '../protocol/api.ts';
import { saved } from './saved.ts';
import type { Settings } from './settingsSchema.ts';

export { LANGUAGES, THEMES, type Settings } from './settingsSchema.ts';

const defaultSettings: Settings = {
  systemPrompt: '',
  temperature: 0.7,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  seed: null,
  maxTokens: 1024,
  contextLength: 4096,
  theme: 'system',
  language: 'system',
  expertView: false,
};

export function createSettings() {
  const store = createStore<Settings>(() => defaultSettings);

  let restored: Promise<void> | undefined;

  /** Once; whoever asks again waits for the same. */
  function restore(): Promise<void> {
    restored ??= saved.settings().then((kept) => {
      if (kept) store.setState(kept);
    });
    return restored;
  }

  function change(part: Partial<Settings>): void {
    store.setState(part);
    void saved.keepSettings(store.getState());
  }

  /** A seed the user did not fix is drawn anew, so that asking again may answer otherwise. */
  function sampling(): Sampling {
    const { temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty, seed } =
      store.getState();
    return {
      temperature,
      topK,
      topP,
      minP,
      repetitionPenalty,
      frequencyPenalty,
      presencePenalty,
      seed: seed ?? Math.floor(Math.random() * 0x1_0000_0000),
    };
  }

  return { store, restore, change, sampling, reset: () => change(defaultSettings) };
}

export type SettingsRoom = ReturnType<typeof createSettings>;
