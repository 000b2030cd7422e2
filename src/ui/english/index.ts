/** The page's words in English, and so the shape of every other language's. */
import * as app from './app.ts';
import { chat } from './chat.ts';
import { failures } from './failures.ts';
import * as models from './models.ts';
import { settings } from './settings.ts';
import type { FailureTable } from '../words.ts';

export const english = { ...app, ...models, chat, settings, failures: failures as FailureTable };

export type Words = typeof english;
