/**
 * A checkpoint of a published shape through the shipped worker in headless Chromium:
 * imported at four bits, loaded, asked for eight tokens, each step with its time and memory.
 */
import { GREEDY } from '../../engine/sampling.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { AppError } from '../../base/failure.ts';
import { activeWeightBytes } from '../../engine/decodeBudget.ts';
import { readModelFile } from '../../engine/importFile.ts';
import { planImport } from '../../engine/importPlan.ts';
import type { CompletionRequest, CompletionResult, Result } from '../../protocol/api.ts';
import { withBuiltPage } from '../builtPage.ts';
import type { InferServer } from '../infer/server.ts';
import { nodeSource } from '../infer/node.ts';
import { randomCheckpoint } from './checkpoint.ts';
import { heapBytes, type HeapMeter, type HeapUse, workerHeapMeter } from './heapMeter.ts';
import type { Imported } from './page.ts';
import { SHAPES, type ShapeName } from './shapes.ts';

export interface SizeOptions {
  readonly shape: ShapeName;
  /** All where absent. */
  readonly layers?: number;
  /** Cancel the import halfway, close its worker and go on in a new one. */
  readonly resume?: boolean;
}

export interface SizeFigures {
  readonly adapter: string;
  /** Of the files' weights. */
  readonly sourceBytes: number;
  /** Of the records made from them. */
  readonly storedBytes: number;
  readonly importMs: number;
  readonly importPeak: HeapUse;
  /** null where the import was not interrupted. */
  readonly resumed: Resumed | null;
  readonly loadMs: number;
  readonly loadPeak: HeapUse;
  readonly completion: CompletionResult;
  /** The tokens of a second run, which reads every position's logits. */
  readonly traced: readonly number[];
  /** After each token of the prompt and each of the answer. */
  readonly logits: Float32Array; // [positions, vocab]
  /** The least that a decoded token can read. */
  readonly activeBytes: number;
}

interface Resumed {
  /** Source bytes that the first part told of when it was cancelled. */
  readonly doneBefore: number;
  /** Bytes of the files that were sent to both parts together. */
  readonly sentBytes: number;
}

const PROMPT_TOKENS = 16;
const NEW_TOKENS = 8;
const CONTEXT = 1024;

export async function measureSize({ shape, layers, resume = false }: SizeOptions): Promise<SizeFigures> {
  const files = randomCheckpoint(SHAPES[shape], layers);
  const budget = await budgetOf(files);
  const scratch = mkdtempSync(join(tmpdir(), 'shoal-size-'));
  const logitsFile = join(scratch, 'logits.bin');
  const parts = { html: 'src/tools/realSize/page.html', files, logitsFile };
  try {
    const measured = await withBuiltPage(parts, (page, server) =>
      measureIn(page, server, resume ? budget.sourceBytes / 2 : null),
    );
    const bytes = readFileSync(logitsFile);
    const logits = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return { ...budget, ...measured, logits };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the plan of the import says, without importing. */
async function budgetOf(
  files: readonly string[],
): Promise<Pick<SizeFigures, 'activeBytes' | 'sourceBytes' | 'storedBytes'>> {
  const file = await readModelFile(files.map(nodeSource), new AbortController().signal);
  const plan = planImport(file.recipes, file.directory, { weights: 'q4' });
  const tensors = plan.tensors.map(({ entry }) => entry);
  return {
    activeBytes: activeWeightBytes({ spec: file.spec, tensors }),
    sourceBytes: plan.sourceBytes,
    storedBytes: plan.bytes,
  };
}

type Measured = Omit<SizeFigures, 'activeBytes' | 'sourceBytes' | 'storedBytes' | 'logits'>;

async function measureIn(page: Page, server: InferServer, stopAt: number | null): Promise<Measured> {
  const meter = await workerHeapMeter(page);
  const adapter = valueOf(await page.evaluate(() => window.steps.adapter()));
  const first = stopAt === null ? null : await importHalf(page, server, meter, stopAt);
  const imported = await importOf(page, server, meter, null);
  const { id } = valueOf(imported.value.result);
  const load = await meter.during(() =>
    page.evaluate(([id, length]) => window.steps.load(id, length), [id, CONTEXT] as const),
  );
  const completion = valueOf(await page.evaluate((asked) => window.steps.complete(asked), request(false)));
  const traced = valueOf(await page.evaluate((asked) => window.steps.complete(asked), request(true)));
  return {
    adapter,
    importMs: imported.value.ms + (first?.value.ms ?? 0),
    importPeak: larger(imported.peak, first?.peak),
    resumed: first && { doneBefore: first.value.done, sentBytes: server.sentBytes },
    loadMs: valueOf(load.value).loadMs,
    loadPeak: load.peak,
    completion,
    traced: traced.tokens,
  };
}

interface MeasuredImport {
  readonly value: Imported;
  readonly peak: HeapUse;
}

async function importOf(
  page: Page,
  server: InferServer,
  meter: HeapMeter,
  stopAt: number | null,
): Promise<MeasuredImport> {
  const step = { urls: server.modelUrls, stopAt };
  return meter.during(() => page.evaluate((asked) => window.steps.importAtFourBits(asked), step));
}

/** Ends with the page closed and opened again: what goes on knows only what was stored. */
async function importHalf(
  page: Page,
  server: InferServer,
  meter: HeapMeter,
  stopAt: number,
): Promise<MeasuredImport> {
  const half = await importOf(page, server, meter, stopAt);
  const { result } = half.value;
  if (result.ok || result.failure.code !== 'CANCELLED') {
    throw new Error(`the import was not cancelled: ${JSON.stringify(result)}`);
  }
  await page.reload();
  return half;
}

function request(logits: boolean): CompletionRequest {
  return {
    prompt: { ids: Array.from({ length: PROMPT_TOKENS }, (_, i) => 1000 + 2971 * i) },
    sampling: GREEDY,
    maxTokens: NEW_TOKENS,
    logits,
  };
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, detail } = result.failure;
  throw new AppError(code, message, detail);
}

function larger(a: HeapUse, b: HeapUse = a): HeapUse {
  return heapBytes(a) >= heapBytes(b) ? a : b;
}
