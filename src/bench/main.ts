/**
 * `npm run bench -- [--suite NAME] [--model PATH] [--runtime browser|node] [--json FILE]`:
 * every speed the project quotes, with what it was measured on. `kernels` runs in Node,
 * where timestamps are not coarsened. Without --model it
 * takes the real model of our checks. `experts`, run only when named, takes the guide
 * and compares decoding with the experts told of and without. `size`, run only when named, makes its own
 * (`--shape granite|olmoe`: 2.7 or 13.8 GB of .cache) and fails where it takes too much;
 * so does `guide`, the built-in model's first word. On a software adapter a figure is worth
 * only what another figure of the same run makes of it.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findChromium } from '../tools/chromium.ts';
import { readArgs, type InferOptions } from '../tools/infer/args.ts';
import { inferInBrowser } from '../tools/infer/browser.ts';
import { inferInNode } from '../tools/infer/node.ts';
import type { InferReport } from '../tools/infer/report.ts';
import { fetchRealModel } from '../tools/realModel/fetchModel.ts';
import { SHAPE_NAMES, SHAPES } from '../tools/realSize/shapes.ts';
import { guideRows } from './guide.ts';
import { expertRows } from './experts.ts';
import { kernelRows } from './kernels.ts';
import type { Row } from './row.ts';
import { sizeRows } from './size.ts';
import { storageRows } from './storage.ts';

/** A run of the engine. */
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

interface Measured {
  readonly rows: readonly Row[];
  readonly device: string;
  readonly model: string;
  /** Bounds that were not held, in words. */
  readonly over: readonly string[];
}

export async function main(args: readonly string[]): Promise<number> {
  const values = parse(args);
  const { rows, device, model, over } = await measure(values);
  for (const row of rows) console.log(lineOf(row));
  const browser = values.runtime === 'node' ? `Node ${process.version}` : chromiumVersion();
  const commit = output('git', ['rev-parse', 'HEAD']);
  console.log(`on ${device}, ${browser}, ${model}, ${commit}`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ device, browser, commit, model, rows }, null, 2)}\n`);
  }
  for (const words of over) console.error(`error: ${words}`);
  return over.length === 0 ? 0 : 1;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { suite: text, model: text, shape: text, runtime: text, json: text };
  return parseArgs({ args: [...args], options }).values;
}

function measure(values: ReturnType<typeof parse>): Promise<Measured> {
  switch (values.suite) {
    case 'size':
      return measureShape(values.shape);
    case 'guide':
      return measureGuide();
    case 'experts':
      return measureExperts(values);
    default:
      return measureModel(values);
  }
}

/** Of a model that has experts: the one shipped with the page, where none is named. */
async function measureExperts(values: ReturnType<typeof parse>): Promise<Measured> {
  const model = values.model ?? 'guide';
  const runtime = values.runtime ?? 'browser';
  const options = readArgs(['--model', model, '--runtime', runtime, '--prompt', '-', '--greedy']);
  return { ...(await expertRows(options)), model, over: [] };
}

async function measureShape(named = 'granite'): Promise<Measured> {
  const shape = SHAPE_NAMES.find((name) => name === named);
  if (shape === undefined) throw new Error(`shapes: ${SHAPE_NAMES.join(', ')}`);
  return { ...(await sizeRows(shape)), model: `random weights in the shape of ${SHAPES[shape].name}` };
}

async function measureGuide(): Promise<Measured> {
  return { ...(await guideRows()), device: 'an emulator and the CPU', model: 'the guide' };
}

async function measureModel(values: ReturnType<typeof parse>): Promise<Measured> {
  const wanted = (name: string): boolean => values.suite === undefined || values.suite === name;
  const suites = SUITES.filter(({ name }) => wanted(name));
  if (suites.length === 0 && !wanted('storage') && !wanted('kernels')) {
    throw new Error(
      `suites: storage, kernels, size, guide, experts, ${SUITES.map(({ name }) => name).join(', ')}`,
    );
  }
  const rows: Row[] = wanted('storage') ? await storageRows() : [];
  const model = values.suite === 'storage' ? '' : (values.model ?? (await defaultModel()));
  const optionsFor = (runtime: string, args: readonly string[]): InferOptions =>
    readArgs(['--model', model, '--runtime', runtime, ...args]);
  let device = '';
  for (const suite of suites) {
    const options = optionsFor(values.runtime ?? 'browser', suite.args);
    const report = await (options.runtime === 'node' ? inferInNode : inferInBrowser)(options);
    device = report.adapter;
    for (const row of suite.rows(report)) rows.push({ suite: suite.name, ...row });
  }
  if (wanted('kernels')) {
    const profiled = await kernelRows(optionsFor('node', ['--tokens', '0']));
    device ||= profiled.device;
    rows.push(...profiled.rows);
  }
  return { rows, device, model, over: [] };
}

function lineOf({ suite, name, value, unit, peer, peerValue, ratio }: Row): string {
  const beside =
    peer === undefined ? '' : `; ${peer} ${figure(peerValue ?? NaN)}, ratio ${ratio?.toFixed(2)}`;
  return `${suite}: ${name}: ${figure(value)} ${unit}${beside}`;
}

function figure(value: number): string {
  if (value >= 1e4) return value.toFixed(0);
  return value < 1e-3 ? value.toExponential(1) : value.toPrecision(4);
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
