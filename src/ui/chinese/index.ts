/** 页面的中文：与英文同形，逐句写成，不是逐字翻译。 */
import { english, type Words } from '../english/index.ts';
import * as app from './app.ts';
import { format } from './format.ts';
import { about, guide } from './guide.ts';
import { settings } from './settings.ts';

export const chinese: Words = { ...english, ...app, about, format, guide, settings };
