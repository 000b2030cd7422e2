/** The shipped worker with and without routes, and the page's own work on those it sends. */
import { createStore } from 'zustand/vanilla';
import { Engine, importModel } from '../engine/index.ts';
import { GREEDY } from '../engine/sampling.ts';
import type { ByteSource } from '../formats/index.ts';
import type { ChatEvent, ExpertShape, Result, Routes } from '../protocol/api.ts';
import { connect } from '../protocol/client.ts';
import { createExperts } from '../state/experts.ts';
import { createModelStore } from '../state/modelFacts.ts';
import { createView } from '../state/view.ts';
import { createMemoryStore } from '../storage/index.ts';
import { gridOf } from '../ui/experts/grid.ts';
import { createLights } from '../ui/experts/lights.ts';
import { stepTimes, type StepTimes } from './expertSteps.ts';
import { coloursOf, fit, paintGround, paintLevels } from '../ui/experts/paint.ts';

export interface ExpertRequest {
  readonly urls: readonly string[];
  readonly pairs: number;
  readonly answers: number;
}

export interface ExpertFigures {
  readonly device: string;
  readonly shape: ExpertShape;
  readonly steps: StepTimes;
  /** Milliseconds a token, by answer. */
  readonly answers: StepTimes;
  /** Milliseconds of the page: to count and keep a token's routes, and to draw all dots. */
  readonly hearMs: number;
  readonly drawMs: number;
}

declare global {
  interface Window {
    measureExperts(request: ExpertRequest): Promise<ExpertFigures>;
  }
}

const worker = connect(
  new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module', name: 'shoal engine' }),
);

const CONTEXT = 512;

window.measureExperts = async ({ urls, pairs, answers }) => {
  const there = urls.map((url) => new URL(url, location.href).href);
  const steps = await timeSteps(there, pairs);
  const device = valueOf(await worker.device());
  const source = { kind: 'urls', urls: there } as const;
  const { id, experts: shape } = valueOf(await worker.importModel('import', source, 'keep', () => undefined));
  if (shape === null) throw new Error('this model has no experts');
  valueOf(await worker.loadModel('load', id, { contextLength: CONTEXT }, () => undefined));
  const { said, times } = await timeAnswers(answers);
  return {
    device: [device.vendor, device.architecture, device.description].filter(Boolean).join(' '),
    shape,
    steps,
    answers: times,
    hearMs: hearing(shape, said),
    drawMs: drawing(shape, said),
  };
};

/** The engine in this page, without a worker and a wire. */
async function timeSteps(urls: readonly string[], pairs: number): Promise<StepTimes> {
  const store = createMemoryStore();
  const engine = new Engine({ api: navigator.gpu, store, onFailure: (failure) => console.error(failure) });
  const { signal } = new AbortController();
  const sources = await Promise.all(urls.map(sourceAt));
  const { id } = await importModel({
    store,
    open: () => Promise.resolve(sources),
    origin: 'file:bench',
    weights: 'keep',
    signal,
    onProgress: () => undefined,
  });
  try {
    const model = await engine.load(id, { contextLength: CONTEXT, signal, onProgress: () => undefined });
    return await stepTimes(model, pairs);
  } finally {
    await engine.release();
  }
}

async function sourceAt(url: string): Promise<ByteSource> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  return {
    name: url.slice(url.lastIndexOf('/') + 1),
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}

async function timeAnswers(answers: number): Promise<{ said: readonly Routes[]; times: StepTimes }> {
  async function speak(
    routes: boolean,
    heard: (event: ChatEvent) => void = () => undefined,
  ): Promise<number> {
    const messages = [{ role: 'user', content: 'Tell me a long story about the sea.' }] as const;
    const request = { messages, sampling: GREEDY, maxTokens: 64, stop: [], routes };
    return 1000 / valueOf(await worker.chat(crypto.randomUUID(), request, heard)).tokensPerSecond;
  }
  const said: Routes[] = [];
  await speak(true, (event) => event.kind === 'routes' && said.push(event));
  const times = { without: [] as number[], told: [] as number[] };
  for (let round = 0; round < answers; round++) {
    for (const routes of round % 2 === 0 ? [false, true] : [true, false])
      (routes ? times.told : times.without).push(await speak(routes));
  }
  return { said, times };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** Milliseconds for one token, over a thousand of them. */
function hearing(shape: ExpertShape, said: readonly Routes[]): number {
  const models = { store: createModelStore() };
  const view = createView();
  const experts = createExperts({
    models,
    view,
    settings: { store: createStore(() => ({ expertView: true })) },
  });
  models.store.setState({
    cards: [{ id: 'it', experts: shape } as never],
    loaded: { modelId: 'it' } as never,
  });
  const heard = experts.listen('c', 'm', '');
  const most = 1000;
  const started = performance.now();
  for (let token = 0; token < most; token++) {
    heard?.({ kind: 'routes', ...said[token % said.length]!, token });
    heard?.({ kind: 'text', text: 'word ', tokens: token + 1 });
  }
  return (performance.now() - started) / most;
}

/** Milliseconds for one picture while tokens keep coming, over two hundred of them. */
function drawing(shape: ExpertShape, said: readonly Routes[]): number {
  const canvas = document.querySelector('canvas')!;
  const grid = gridOf(shape, canvas.clientWidth);
  const ground = document.createElement('canvas');
  const colours = coloursOf(canvas);
  const context = fit(canvas, grid)!;
  paintGround(fit(ground, grid)!, grid, colours);
  const lights = createLights(shape, true);
  const pictures = 200;
  const started = performance.now();
  for (let picture = 0; picture < pictures; picture++) {
    const now = picture * 33;
    lights.light(said[picture % said.length]!, now);
    lights.fade(now);
    context.clearRect(0, 0, grid.width, grid.height);
    context.drawImage(ground, 0, 0, grid.width, grid.height);
    paintLevels(context, grid, lights.levels, colours);
  }
  context.getImageData(0, 0, 1, 1); // waits until all of them are drawn
  return (performance.now() - started) / pictures;
}
