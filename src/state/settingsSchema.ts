/** What the settings are, and what of them is accepted from storage and other tabs. */
import * as v from 'valibot';

export const THEMES = ['system', 'light', 'dark'] as const;
/** 'system' is what the browser asks for. */
export const LANGUAGES = ['system', 'en', 'zh'] as const;

const within = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));

export const SettingsSchema = v.object({
  systemPrompt: v.string(),
  temperature: within(0, 2),
  topK: within(0, 1000),
  topP: within(0, 1),
  minP: within(0, 1),
  repetitionPenalty: within(0.5, 2),
  frequencyPenalty: within(-2, 2),
  presencePenalty: within(-2, 2),
  /** null draws a new one for each answer. */
  seed: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff))),
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  /** Asked for when a model is loaded. */
  contextLength: v.pipe(v.number(), v.integer(), v.minValue(256), v.maxValue(1_000_000)),
  theme: v.optional(v.picklist(THEMES), 'system'),
  language: v.optional(v.picklist(LANGUAGES), 'system'),
  /** Whether the expert view opens with the page, and routes are told. */
  expertView: v.optional(v.boolean(), false),
  /** Whether the conversations stand beside the page where it opens wide. */
  sidebar: v.optional(v.boolean(), false),
  /** Shortcuts of one character, which speech input and unsteady hands may press unmeant. */
  singleKeys: v.optional(v.boolean(), true),
});

export type Settings = Readonly<v.InferOutput<typeof SettingsSchema>>;
