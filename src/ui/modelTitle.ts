import { GUIDE_TITLE } from '../base/guide.ts';
import { say } from './say.ts';

/** A model's title as people read it: the guide has one in every language. */
export function modelTitle(title: string): string {
  return title === GUIDE_TITLE ? say.guide.name : title;
}
