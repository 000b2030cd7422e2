/** Which language the page speaks, and fetching its words: English is always here, Chinese comes when asked. */
import type { Settings } from '../state/settings.ts';
import { english } from './english/index.ts';
import { speak, type Words } from './say.ts';

export type Language = Exclude<Settings['language'], 'system'>;

/** The first of the browser's languages that the page speaks; English where there is none. */
export function languageOf(setting: Settings['language'], preferred: readonly string[]): Language {
  if (setting !== 'system') return setting;
  for (const tag of preferred) {
    const [first] = tag.toLowerCase().split('-');
    if (first === 'zh') return 'zh';
    if (first === 'en') return 'en';
  }
  return 'en';
}

/** Resolves when the page may be drawn in it, unless another was wanted meanwhile; with English where the words can't be fetched. */
export async function learn(language: Language, wanted: () => boolean = () => true): Promise<void> {
  const words = await wordsOf(language);
  if (!wanted()) return;
  speak(words);
  document.documentElement.lang = words.language.tag;
  document.title = words.title;
}

async function wordsOf(language: Language): Promise<Words> {
  if (language === 'en') return english;
  try {
    const { chinese } = await import('./chinese/index.ts');
    return chinese;
  } catch {
    return english;
  }
}
