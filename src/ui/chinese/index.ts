/** 页面的中文：与英文同形，逐句写成，不是逐字翻译。 */
import type { Words } from '../english/index.ts';
import * as app from './app.ts';
import { chat } from './chat.ts';
import { conversations, notices } from './conversations.ts';
import { device } from './device.ts';
import { failures, ofPage } from './failures.ts';
import { experts } from './experts.ts';
import { format } from './format.ts';
import { about, guide } from './guide.ts';
import * as models from './models.ts';
import { settings } from './settings.ts';

export const chinese: Words = {
  ...app,
  ...models,
  about,
  chat,
  conversations,
  device,
  experts,
  failures,
  format,
  guide,
  notices,
  ofPage,
  settings,
};
