import { GUIDE_TITLE } from '../base/guide.ts';
import type { ModelCard } from '../protocol/api.ts';
import { say } from './say.ts';

/** A card's title as people read it: the guide has one in every language, and no other model that name. */
export function cardTitle({ builtIn, title }: Pick<ModelCard, 'builtIn' | 'title'>): string {
  return builtIn === true ? say.guide.name : title;
}

/** The same of a title that was kept, where no card is left to ask. */
export function modelTitle(title: string): string {
  return title === GUIDE_TITLE ? say.guide.name : title;
}
