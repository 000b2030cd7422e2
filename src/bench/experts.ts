/**
 * What telling of the experts costs: the engine's step with and without, then the
 * same answers through the shipped worker, and what the page does with each token's.
 */
import { withBuiltPage } from '../tools/builtPage.ts';
import type { InferOptions } from '../tools/infer/args.ts';
import { withNodeModel } from '../tools/infer/node.ts';
import type { ExpertFigures } from './expertsPage.ts';
import { stepTimes } from './expertSteps.ts';
import type { Row } from './row.ts';

const PAIRS = 400;
const ANSWERS = 12;

export interface ExpertRows {
  readonly rows: Row[];
  readonly device: string;
}

export function expertRows(options: InferOptions): Promise<ExpertRows> {
  return options.runtime === 'browser' ? inBrowser(options) : inNode(options);
}

function inNode(options: InferOptions): Promise<ExpertRows> {
  return withNodeModel(options, async ({ model, adapter }) => {
    const { without, told } = await stepTimes(model, PAIRS);
    return { rows: [compared(`a decoded token, median of ${PAIRS}`, without, told)], device: adapter };
  });
}

function inBrowser(options: InferOptions): Promise<ExpertRows> {
  const parts = { html: 'src/bench/expertsPage.html', files: options.files, logitsFile: null };
  return withBuiltPage(parts, async (page, server) => {
    const asked = { urls: server.modelUrls, pairs: PAIRS, answers: ANSWERS };
    const figures = await page.evaluate((request) => window.measureExperts(request), asked);
    return { rows: browserRows(figures), device: figures.device };
  });
}

function browserRows({ shape, steps, answers, hearMs, drawMs }: ExpertFigures): Row[] {
  const of = `${shape.layers} × ${shape.experts}, ${shape.topK} chosen`;
  const page = (name: string, value: number): Row => ({
    suite: 'experts',
    name: `the page: ${name} (${of})`,
    value,
    unit: 'ms',
  });
  return [
    compared(`a decoded token, median of ${PAIRS}`, steps.without, steps.told),
    compared(`a token through the worker, median of ${ANSWERS} answers`, answers.without, answers.told),
    page('a token heard', hearMs),
    page('a picture drawn, thirty a second at most', drawMs),
  ];
}

/** The ratio is of the medians: below 1 is what it costs. */
function compared(name: string, without: readonly number[], told: readonly number[]): Row {
  const value = median(told);
  const peerValue = median(without);
  return {
    suite: 'experts',
    name,
    value,
    unit: 'ms',
    peer: 'without routes',
    peerValue,
    ratio: peerValue / value,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
