/** Ways to draw an answer that have a name. */
import type { Settings } from './settingsSchema.ts';

type Values = Pick<
  Settings,
  'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'frequencyPenalty' | 'presencePenalty'
>;

export type Preset = 'precise' | 'balanced' | 'inventive';

const NO_PENALTY = { repetitionPenalty: 1, frequencyPenalty: 0, presencePenalty: 0 };

export const PRESETS: Readonly<Record<Preset, Values>> = {
  precise: { temperature: 0.2, topK: 40, topP: 0.9, minP: 0.05, ...NO_PENALTY },
  balanced: { temperature: 0.7, topK: 40, topP: 0.95, minP: 0.05, ...NO_PENALTY },
  inventive: { temperature: 1.1, topK: 0, topP: 1, minP: 0.05, ...NO_PENALTY },
};

/** What the built-in model was made for, whatever the settings say: it wanders off easily. */
export const GUIDE_VALUES: Values = { temperature: 0.3, topK: 0, topP: 0.9, minP: 0, ...NO_PENALTY };

const NAMES = ['precise', 'balanced', 'inventive'] as const;

/** The preset these settings are; 'own' where they are none. */
export function presetOf(settings: Settings): Preset | 'own' {
  const keys: readonly (keyof Values)[] = Object.keys(GUIDE_VALUES) as (keyof Values)[];
  return NAMES.find((name) => keys.every((key) => settings[key] === PRESETS[name][key])) ?? 'own';
}
