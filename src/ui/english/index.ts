/** The page's words in English, and so the shape of every other language's. */
import * as app from './app.ts';
import { chat } from './chat.ts';
import { conversations, notices } from './conversations.ts';
import { device } from './device.ts';
import { experts } from './experts.ts';
import { failures, ofPage } from './failures.ts';
import { format } from './format.ts';
import { about, guide } from './guide.ts';
import * as models from './models.ts';
import { settings } from './settings.ts';
import type { FailureTable } from '../words.ts';

export const english = {
  about,
  ...app,
  ...models,
  chat,
  conversations,
  device,
  experts,
  failures: failures as FailureTable,
  format,
  guide,
  notices,
  ofPage,
  settings,
};

/** Other languages say other words, but as many, and from the same facts. */
type Same<T> = T extends string
  ? string
  : T extends (...facts: infer Facts) => string
    ? (...facts: Facts) => string
    : { readonly [K in keyof T]: Same<T[K]> };

export type Words = Omit<{ readonly [K in keyof typeof english]: Same<(typeof english)[K]> }, 'failures'> & {
  readonly failures: FailureTable;
};
