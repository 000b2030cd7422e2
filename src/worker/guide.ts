/** Where the built-in model's files lie: in `guide/` beside the page. */
import { GUIDE_TITLE } from '../base/guide.ts';
import { BuiltIn } from '../engine/index.ts';
import { GUIDE_ID } from '../protocol/api.ts';
import { pageFile } from '../storage/index.ts';

const FILES = [
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
];

/** A built worker lies in assets/, whatever path the site is served under; vite's own server has it at the root. */
const FOLDER = new URL(import.meta.env.DEV ? '/guide/' : '../guide/', self.location.href);

export const guide = new BuiltIn({
  id: GUIDE_ID,
  title: GUIDE_TITLE,
  license: 'MIT',
  open: () => Promise.all(FILES.map((name) => pageFile(new URL(name, FOLDER)))),
});
