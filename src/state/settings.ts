/** How answers are drawn, what the model is told first, how the page looks. The same in every tab. */
import * as v from 'valibot';
import { createStore } from 'zustand/vanilla';
import type { Sampling } from '../protocol/api.ts';
import type { Channel } from './channel.ts';
import { GUIDE_VALUES, PRESETS } from './presets.ts';
import { saved } from './saved.ts';
import { SettingsSchema, type Settings } from './settingsSchema.ts';

export { type Preset, presetOf, PRESETS } from './presets.ts';
export { LANGUAGES, THEMES, type Settings } from './settingsSchema.ts';

const defaultSettings: Settings = {
  systemPrompt: '',
  ...PRESETS.balanced,
  seed: null,
  maxTokens: 1024,
  contextLength: 4096,
  theme: 'system',
  language: 'system',
  expertView: false,
  sidebar: false,
  singleKeys: true,
};

interface Neighbours {
  /** To the page's other tabs. */
  readonly channel: Channel;
  /** Whether the built-in model is the one that answers. */
  readonly guideSpeaks: () => boolean;
}

export function createSettings({ channel, guideSpeaks }: Neighbours) {
  const store = createStore<Settings>(() => defaultSettings);
  let restored: Promise<void> | undefined;
  /** What was chosen, or heard of, before what was kept had been read; it holds over that. */
  let early: Partial<Settings> | null = {};

  /** Once; whoever asks again waits for the same. */
  function restore(): Promise<void> {
    restored ??= saved.settings().then((kept) => {
      if (kept) store.setState({ ...kept, ...early });
      early = null;
    });
    return restored;
  }

  channel.hear((message) => {
    // A tab of another version may have other settings.
    const heard = v.safeParse(SettingsSchema, message);
    if (!heard.success) return;
    store.setState(heard.output);
    if (early) early = heard.output;
  });

  function change(part: Partial<Settings>): void {
    store.setState(part);
    if (early) {
      early = { ...early, ...part };
      void restore().then(tell);
    } else tell();
  }

  function tell(): void {
    void saved.keepSettings(store.getState());
    channel.tell(store.getState());
  }

  /** A seed the user did not fix is drawn anew, so that asking again may answer otherwise. */
  function sampling(): Sampling {
    const settings = store.getState();
    const { temperature, topK, topP, minP, repetitionPenalty, frequencyPenalty, presencePenalty } =
      guideSpeaks() ? GUIDE_VALUES : settings;
    return {
      temperature,
      topK,
      topP,
      minP,
      repetitionPenalty,
      frequencyPenalty,
      presencePenalty,
      seed: settings.seed ?? Math.floor(Math.random() * 0x1_0000_0000),
    };
  }

  /** Where the conversations stand is no choice of the settings' dialog; and nobody asks for another language by this. */
  function reset(): void {
    const { sidebar, language } = store.getState();
    change({ ...defaultSettings, sidebar, language });
  }

  return { store, restore, change, sampling, reset };
}

export type SettingsRoom = ReturnType<typeof createSettings>;
