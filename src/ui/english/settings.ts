/** Settings. */
import { count, size } from '../format.ts';
import { guide } from './guide.ts';

export const settings = {
  open: 'Settings',
  title: 'Settings',
  look: 'Look and language',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
  languages: { system: 'As the browser', en: 'English', zh: '简体中文' },
  expertView: [
    'Experts open with the page',
    'Which experts answer is shown at the right while a model speaks.',
  ],
  chats: 'Conversations',
  system: 'System prompt',
  systemHint: 'Told to the model before a conversation that has none of its own.',
  drawing: 'How answers are drawn',
  drawingHint:
    'A model gives every next token a likelihood, and one is drawn. A style sets how boldly; below is each value by itself.',
  guideOwn: 'The guide has its own values and ignores these.',
  preset: 'Style',
  presets: {
    precise: ['Precise', 'Keeps to the likeliest tokens: facts, code, translation.'],
    balanced: ['Balanced', 'Some freedom: conversation.'],
    inventive: ['Inventive', 'Unlikely tokens come more often: stories, ideas. Mistakes too.'],
    own: ['Your own', 'Values you set below.'],
  },
  each: 'Each value',
  temperature: [
    'Temperature',
    'How much chance there is: at 0 always the likeliest token, at 1 as the model learned, above 1 wilder.',
  ],
  topK: ['Top-k', 'Only so many of the likeliest tokens may be drawn; 0 for all.'],
  topP: ['Top-p', 'Only the likeliest tokens that together make up this share; 1 for all.'],
  minP: ['Min-p', 'Leaves out tokens less likely than this share of the likeliest; 0 for none.'],
  repetitionPenalty: ['Repetition penalty', 'Makes tokens that were there already less likely; 1 for none.'],
  frequencyPenalty: ['Frequency penalty', 'The same, more with each time a token was used; 0 for none.'],
  presencePenalty: ['Presence penalty', 'The same, once for any token that was used; 0 for none.'],
  seed: ['Seed', 'The same seed draws the same answer again. Empty draws a new one each time.'],
  maxTokens: ['Longest answer', 'In tokens; a token is about three quarters of an English word.'],
  refused: (min: string, max: string, whole: boolean, kept: string) =>
    `Needs a ${whole ? 'whole ' : ''}number from ${min} to ${max}.${kept === '' ? '' : ` It stays ${kept}.`}`,
  memory: 'Memory',
  contextLength: ['Context', 'Tokens the model may look back on; more takes more memory.'],
  contextTakes: (tokens: number, bytes: number, title: string) =>
    `${count(tokens)} tokens take ${size(bytes)} with ${title === guide.name ? 'the guide' : title}.`,
  contextMost: (tokens: number, title: string) => `${title} reads at most ${count(tokens)} tokens.`,
  contextNone: 'What it takes is shown here while a model is loaded.',
  contextLater: (tokens: number) => `Loaded with ${count(tokens)} tokens.`,
  contextReload: 'Load again with the new length',
  reset: 'Back to defaults',
  resetDone: 'All values are back to their defaults, the system prompt too.',
  more: 'More',
  install: 'Install Shoal',
  installHint: 'Opens in its own window, works offline.',
};
