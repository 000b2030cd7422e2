/**
 * Asks a guide the whole test set through our own engine, greedily, each question in
 * a chat of its own, and prints its scores and how evenly its experts are used:
 *
 *     node src/tools/run.mjs src/tools/guide-model/evaluate.ts --model public/guide [--card] [--answers FILE]
 *
 * `--card` writes both tables into the folder's README.md; `--answers` keeps what was
 * answered. With `--score FILE` nothing is asked: the answers of such a file are scored.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { complete, type LoadedModel } from '../../engine/index.ts';
import { readArgs } from '../infer/args.ts';
import { withNodeModel } from '../infer/node.ts';
import { asked, scoresOf, type Score } from './testSet.ts';

const LONGEST_ANSWER = 160;
/** Of a layer's tokens over all answers, each expert's part in fair shares, ascending. */
type Balance = readonly (readonly number[])[];

export interface Examination {
  readonly adapter: string;
  readonly answers: readonly string[];
  readonly scores: readonly Score[];
  readonly balance: Balance;
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      card: { type: 'boolean' },
      answers: { type: 'string' },
      score: { type: 'string' },
    },
  });
  if (values.score !== undefined) {
    const kept = v.parse(Answers, JSON.parse(readFileSync(values.score, 'utf8')));
    const answers = kept.map(({ answer }) => answer);
    show(answers, scoresOf(answers));
    return 0;
  }
  if (values.model === undefined) throw new Error('--model FOLDER or --score FILE');
  const { answers, scores, balance, adapter } = await examine(values.model);
  show(answers, scores);
  console.log(`\non ${adapter}\n\n${balanceTable(balance)}`);
  const rows = asked.map(({ id, text }, at) => ({ id, text, answer: answers[at] ?? '' }));
  if (values.answers !== undefined) writeFileSync(values.answers, `${JSON.stringify(rows, null, 1)}\n`);
  if (values.card === true) writeCard(join(values.model, 'README.md'), scores, balance);
  return 0;
}

const Answers = v.array(v.object({ id: v.string(), text: v.string(), answer: v.string() }));

export async function examine(folder: string): Promise<Examination> {
  const options = readArgs([
    '--model',
    folder,
    '--prompt',
    '',
    '--context',
    '512',
    '--max-tokens',
    `${LONGEST_ANSWER}`,
    '--greedy',
  ]);
  return withNodeModel(options, async ({ model, adapter }) => {
    const used = usage(model);
    const answers: string[] = [];
    for (const { text } of asked) {
      const { sampling, maxTokens } = options.request;
      const { text: answer } = await complete(model, {
        sampling,
        maxTokens,
        signal: new AbortController().signal,
        prompt: { text, chat: true },
        onLogits: () => Promise.resolve(),
        onRoutes: used.count,
      });
      answers.push(answer.trim());
    }
    return { adapter, answers, scores: scoresOf(answers), balance: used.balance() };
  });
}

function usage({ manifest }: LoadedModel) {
  const experts = manifest.spec.layers.flatMap(({ ffn }) => (ffn.kind === 'moe' ? [ffn.experts] : []));
  const loads = experts.map((count) => new Float64Array(count));
  return {
    count: (routes: readonly (readonly (readonly number[])[])[]): void =>
      routes.forEach((tokens, layer) => tokens.flat().forEach((expert) => loads[layer]![expert]!++)),
    balance: (): Balance =>
      loads.map((load) => {
        const fair = load.reduce((sum, tokens) => sum + tokens, 0) / load.length;
        return [...load].map((tokens) => tokens / fair).toSorted((a, b) => a - b);
      }),
  };
}

function show(answers: readonly string[], scores: readonly Score[]): void {
  for (const { group, missed } of scores) {
    if (missed.length > 0) console.log(`\n## not among: ${group}`);
    for (const id of missed) {
      const at = asked.findIndex((row) => row.id === id);
      console.log(`[${id}] ${asked[at]?.text}\n  ${answers[at]}`);
    }
  }
  console.log(`\n${scoreTable(scores)}`);
}

function scoreTable(scores: readonly Score[]): string {
  const rows = scores.map(
    ({ group, count, of, goal, met }) =>
      `| ${group} | ${count} of ${of} | ${goal} | ${met ? 'met' : 'missed'} |`,
  );
  return ['| what was asked | score | goal | reached |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function balanceTable(balance: Balance): string {
  const rows = balance.map((shares, layer) => {
    const [least = 0, most = 0] = [shares[0], shares.at(-1)];
    return `| ${layer + 1} | ${least.toFixed(2)} | ${most.toFixed(2)} |`;
  });
  return ['| layer with experts | least used | most used |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Between the card's own marks, so that it can be done again. */
function writeCard(path: string, scores: readonly Score[], balance: Balance): void {
  const put = (text: string, mark: string, table: string): string => {
    const [start, end] = [`<!-- ${mark} -->\n`, `\n<!-- /${mark} -->`];
    const [before, rest] = text.split(start);
    const [, after] = rest?.split(end) ?? [];
    if (before === undefined || after === undefined) throw new Error(`${path} has no ${mark} mark`);
    return before + start + table + end + after;
  };
  const card = readFileSync(path, 'utf8');
  writeFileSync(path, put(put(card, 'scores', scoreTable(scores)), 'balance', balanceTable(balance)));
}
