/**
 * Asks one model many things, each in a chat of its own, greedily, for
 * guide-model/evaluate.py: FOLDER ASKED.json ANSWERED.json MAX_TOKENS, the two
 * files being arrays of texts in the same order.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { complete } from '../engine/index.ts';
import { readArgs } from './infer/args.ts';
import { withNodeModel } from './infer/node.ts';

export async function main([folder, asked, answered, most]: readonly string[]): Promise<number> {
  if (folder === undefined || asked === undefined || answered === undefined || most === undefined)
    throw new Error('FOLDER ASKED.json ANSWERED.json MAX_TOKENS');
  const texts = v.parse(v.array(v.string()), JSON.parse(readFileSync(asked, 'utf8')));
  const options = readArgs([
    '--model',
    folder,
    '--prompt',
    '',
    '--context',
    '512',
    '--max-tokens',
    most,
    '--greedy',
  ]);
  const { sampling, maxTokens } = options.request;
  const signal = new AbortController().signal;
  const answers = await withNodeModel(options, async ({ model, adapter }) => {
    console.log(`${texts.length} questions to ${options.title} on ${adapter}`);
    const made: string[] = [];
    for (const text of texts)
      made.push((await complete(model, { prompt: { text, chat: true }, sampling, maxTokens, signal })).text);
    return made;
  });
  writeFileSync(answered, JSON.stringify(answers));
  return 0;
}
