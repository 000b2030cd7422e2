/**
 * `npm run bench -- [--suite NAME] [--model PATH] [--runtime browser|node] [--json FILE]`:
 * every speed the project quotes, with what it was measured on. Without --model it
 * takes the real model of our checks. On a software adapter a figure is worth
 * only what another figure of the same run makes of it.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findChromium } from '../tools/chromium.ts';
import { readArgs } from '../tools/infer/args.ts';
import { inferInBrowser } from '../tools/infer/browser.ts';
import { inferInNode } from '../tools/infer/node.ts';
import type { InferReport } from '../tools/infer/report.ts';
import { fetchRealModel } from '../tools/realModel/fetchModel.ts';

interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Who else was measured in the same run, its value, and its time over ours. */
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
}

interface Suite {
  readonly name: string;
  /** Options of `infer`, without model and runtime. */
  readonly args: readonly string[];
  readonly rows: (report: InferReport) => readonly Omit<Row, 'suite'>[];
}

/** Plain words for a prompt of some hundred tokens. */
const LONG_PROMPT = 'The tide came in slowly over the flats, and the boats began to lift. '.repeat(32);

const SUITES: readonly Suite[] = [
  {
    name: 'decode',
    args: ['--prompt', 'Write a long story about the sea.', '--chat', '--greedy', '--max-tokens', '64'],
    rows: ({ timings, tokens, dispatchesPerToken, weightBytesPerToken }) => [
      { name: `decode, ${tokens.length} tokens`, value: timings.decodeTokensPerSecond, unit: 'tokens/s' },
      { name: 'dispatches a token', value: dispatchesPerToken, unit: 'dispatches' },
      {
        name: 'weights read',
        value: (weightBytesPerToken * timings.decodeTokensPerSecond) / 1e9,
        unit: 'GB/s',
      },
    ],
  },
  {
    name: 'prefill',
    args: ['--prompt', LONG_PROMPT, '--greedy', '--max-tokens', '1'],
    rows: ({ timings, promptTokens }) => [
      { name: `prefill, ${promptTokens} tokens`, value: timings.prefillTokensPerSecond, unit: 'tokens/s' },
    ],
  },
  {
    name: 'load',
    args: ['--prompt', 'The', '--greedy', '--max-tokens', '1'],
    rows: ({ timings, gpuBytes }) => [
      { name: 'import', value: timings.importMs, unit: 'ms' },
      { name: 'load', value: timings.loadMs, unit: 'ms' },
      { name: 'GPU memory', value: gpuBytes / 1e6, unit: 'MB' },
    ],
  },
];

export async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { suite: text, model: text, runtime: text, json: text },
  });
  const suites = SUITES.filter(({ name }) => values.suite === undefined || values.suite === name);
  if (suites.length === 0) throw new Error(`suites: ${SUITES.map(({ name }) => name).join(', ')}`);
  const model = values.model ?? (await defaultModel());
  const rows: Row[] = [];
  let device = '';
  for (const suite of suites) {
    const options = readArgs(['--model', model, '--runtime', values.runtime ?? 'browser', ...suite.args]);
    const report = await (options.runtime === 'node' ? inferInNode : inferInBrowser)(options);
    device = report.adapter;
    for (const row of suite.rows(report)) {
      rows.push({ suite: suite.name, ...row });
      console.log(`${suite.name}: ${row.name}: ${row.value.toPrecision(4)} ${row.unit}`);
    }
  }
  const browser = values.runtime === 'node' ? `Node ${process.version}` : chromiumVersion();
  const commit = output('git', ['rev-parse', 'HEAD']);
  console.log(`on ${device}, ${browser}, ${model}, ${commit}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ device, browser, commit, model, rows }, null, 2)}\n`);
  }
  return 0;
}

async function defaultModel(): Promise<string> {
  const found = await fetchRealModel();
  if (found.path === null) throw new Error(`name a --model: ${found.why}`);
  return found.path;
}

function chromiumVersion(): string {
  const found = findChromium();
  return found === null ? 'no Chromium' : output(found.path, ['--version']);
}

function output(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim();
}
