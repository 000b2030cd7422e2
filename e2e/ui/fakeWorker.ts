/**
 * A worker that computes nothing and keeps its models only while it lives. Its
 * name is a query string that says how it behaves; see `Behaviour`.
 */
import type { FailureCode } from '../../src/base/failure.ts';
import {
  GUIDE_ID,
  type ChatRequest,
  type ChatResult,
  type ExpertShape,
  type Failure,
  type ModelCard,
  type ModelSource,
  type Result,
  type Routes,
  type WorkerApi,
} from '../../src/protocol/api.ts';
import { serve } from '../../src/protocol/serve.ts';
import { ANSWER, ANSWERS, SHORT_ANSWERS } from './answers.ts';
import { DEVICE, GUIDE, LARGE, selfTestCases, STORED } from './fakeCards.ts';

const asked = new URLSearchParams(self.name);
const flag = (name: string): string => asked.get(name) ?? '';
const amount = (name: string, usual: number): number => (asked.has(name) ? Number(flag(name)) : usual);

const behaviour = {
  /** A key of STORED: what is there at the start, beside the guide. */
  models: flag('models'),
  /** 'software' or a failure code. */
  device: flag('device'),
  failImport: flag('failImport'),
  /** Of every model but the guide, where more context is asked for than `roomFor`. */
  failLoad: flag('failLoad'),
  /** The one that fails to load, where not all do; and how the guide's files do. */
  failOf: flag('failOf'),
  failGuide: flag('failGuide'),
  roomFor: amount('roomFor', 0),
  failChat: flag('failChat'),
  failHub: flag('failHub'),
  /** What failures say was at fault, and after how many tokens an answer fails. */
  failWhat: flag('failWhat'),
  failTensor: flag('failTensor'),
  failAfter: amount('failAfter', 0),
  /** The device is lost after this many tokens. */
  loseAfter: amount('loseAfter', Infinity),
  /** One of ANSWERS by name, or 'request' to be told what was asked. */
  answer: flag('answer'),
  finish: flag('finish'),
  /** Each answer, and each time it is gone on with, is no longer than so many tokens. */
  longest: amount('longest', Infinity),
  dropped: amount('dropped', 0),
  /** Milliseconds between tokens, load steps, import steps. */
  token: amount('token', 4),
  /** So many tokens come at once before the others take their time. */
  rush: amount('rush', 0),
  /** After so many tokens an answer waits until it is told to go on (goOn in steps.ts). */
  hold: amount('hold', Infinity),
  /** Characters of a token. */
  piece: amount('piece', 4),
  load: amount('load', 20),
  import: amount('import', 20),
  /** The kernel whose cases fail in the self-test, and milliseconds a case takes. */
  failTest: flag('failTest'),
  test: amount('test', 10),
  /** How many imports fail, where they do, and past which share of the bytes; -1 is before the file is found. */
  failTimes: amount('failTimes', Infinity),
  failPast: amount('failPast', 0.3),
  /** Bytes of storage the browser gives the page. */
  quota: amount('quota', 120e9),
  /** Whether the browser has promised to keep what is stored. */
  persisted: flag('persisted') !== '0',
  /** Records that are bad when a model is verified. */
  bad: amount('bad', 0),
};
const atFault: Failure['detail'] = {
  ...(behaviour.failWhat !== '' && { what: behaviour.failWhat }),
  ...(behaviour.failTensor !== '' && { tensor: behaviour.failTensor, found: '96x36', expected: '108x36' }),
};
if (flag('crash') !== '') throw new Error('the fake was asked to crash');

let cards: readonly ModelCard[] = [GUIDE, ...(STORED[behaviour.models] ?? [])];
let loaded: ModelCard | null = null;
let failures = 0;
const cancelled = new Set<string>();
const toldToGoOn = new Promise((told) => {
  new BroadcastChannel('fake-goes-on').addEventListener('message', told, { once: true });
});
let tellFailure: (failure: Failure) => void = () => undefined;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ok = <T>(value: T): Result<T> => ({ ok: true, value });

function failed(code: string, detail: Failure['detail'] = {}): Result<never> {
  return {
    ok: false,
    failure: { code: code as FailureCode, message: `the fake was asked for ${code}`, detail },
  };
}

function titleOf(source: ModelSource): string {
  switch (source.kind) {
    case 'file':
      return source.folder ?? source.files[0]?.name ?? '';
    case 'url':
      return source.url;
    case 'urls':
      return source.urls.join(' ');
    case 'hub':
      return source.path;
    case 'resume':
      return cards.find(({ id }) => id === source.id)?.title ?? '';
    default:
      return source satisfies never;
  }
}

function originOf(source: ModelSource): string {
  if (source.kind === 'hub') return `hub:${source.repo}/${source.path}`;
  return source.kind === 'file' ? `file:${titleOf(source)}` : titleOf(source);
}

function shortAnswerTo({ messages }: ChatRequest): string | undefined {
  return SHORT_ANSWERS[messages.at(-1)?.content ?? ''];
}

function answerTo(request: ChatRequest): string {
  if (behaviour.answer === 'request') return `\`\`\`json\n${JSON.stringify(request, null, 1)}\n\`\`\``;
  const known = shortAnswerTo(request) ?? ANSWERS[behaviour.answer];
  if (known !== undefined) return known;
  return `${ANSWER}\n\n(You wrote: ${request.messages.at(-1)?.content ?? ''})`;
}

/** The same choice for the same token, and different ones for others: experts are spread unevenly, as real ones are. */
function routesOf({ layers, experts, topK }: ExpertShape, token: number): Routes {
  const ids = new Uint16Array(layers * topK);
  const weights = new Float32Array(layers * topK);
  for (let layer = 0; layer < layers; layer++) {
    const chosen = new Set<number>();
    for (let draw = 1; chosen.size < topK; draw++) {
      const noise = Math.abs(Math.sin(token * 12.9898 + layer * 78.233 + draw * 37.719) * 43758.5453) % 1;
      chosen.add(Math.floor(noise * noise * experts));
    }
    ids.set(
      [...chosen].sort((a, b) => a - b),
      layer * topK,
    );
    for (let k = 0; k < topK; k++) weights[layer * topK + k] = (2 * (k + 1)) / (topK * (topK + 1));
  }
  return { token, ids, weights };
}

/** Without WebGPU the guide alone can be loaded, on the processor. */
/** What a quick test has found wrong: nothing is computed on the GPU with it. */
let wrongKernel: string | null = null;

function onProcessor(): boolean {
  return withoutGpu() || wrongKernel !== null;
}

/** What a load that does not fit tells of what it tried. */
function sizesOf(id: string, contextLength: number): Failure['detail'] {
  const { bytes = 0, kvBytesPerToken = 0 } = cards.find((card) => card.id === id) ?? {};
  return { modelId: id, weightBytes: bytes, cacheBytes: kvBytesPerToken * contextLength, contextLength };
}

function withoutGpu(): boolean {
  return behaviour.device !== '' && behaviour.device !== 'software';
}

const fake: WorkerApi = {
  device: async () => {
    if (behaviour.device === 'software')
      return ok({ ...DEVICE, software: true, description: 'SwiftShader Device (Subzero)' });
    return behaviour.device === '' ? ok(DEVICE) : failed(behaviour.device);
  },
  storage: async () =>
    ok({
      usedBytes: cards.reduce((sum, { doneBytes, builtIn }) => sum + (builtIn === true ? 0 : doneBytes), 0),
      quotaBytes: behaviour.quota,
      persisted: behaviour.persisted,
    }),
  models: async () => ok(cards),

  hubFiles: async (repo) => {
    await wait(behaviour.import);
    if (behaviour.failHub !== '') return failed(behaviour.failHub, { status: 404 });
    if (repo === 'nobody/nothing') return ok([]);
    return ok([
      { path: 'Qwen3-4B-Instruct-2507-Q4_K_M.gguf', bytes: 2_497_281_120, parts: [] },
      { path: 'Qwen3-4B-Instruct-2507-Q8_0.gguf', bytes: 4_280_404_704, parts: [] },
      { path: 'model.safetensors.index.json', bytes: 8_044_982_000, parts: ['1', '2', '3'] },
      { path: 'BF16/Qwen3-4B-BF16-00001-of-00002.gguf', bytes: 8_051_283_872, parts: ['1', '2'] },
    ]);
  },

  importModel: async (job, source, weights, onProgress) => {
    const before = source.kind === 'resume' ? cards.find(({ id }) => id === source.id) : undefined;
    const whole: ModelCard = before
      ? { ...before, state: 'ready', doneBytes: before.bytes }
      : {
          ...LARGE,
          id: `import-${cards.length}`,
          title: titleOf(source).replace(/\.gguf$/, ''),
          origin: originOf(source),
          quantisation: weights === 'keep' ? 'BF16' : `BF16 → ${weights}`,
        };
    const keep = (card: ModelCard): void => {
      cards = [...cards.filter(({ id }) => id !== card.id), card];
    };
    for (let step = (before?.doneBytes ?? 0) / whole.bytes; step < 1; step += 0.02) {
      await wait(behaviour.import);
      const doneBytes = Math.round(step * whole.bytes);
      const code = cancelled.has(job)
        ? 'CANCELLED'
        : !navigator.onLine && source.kind !== 'file'
          ? 'NETWORK'
          : step > behaviour.failPast && failures < behaviour.failTimes
            ? behaviour.failImport
            : '';
      if (code !== '') {
        if (code !== 'CANCELLED') failures++;
        if (doneBytes > 0) keep({ ...whole, state: 'partial', doneBytes, resumable: source.kind !== 'file' });
        return failed(code, atFault);
      }
      onProgress({
        modelId: whole.id,
        title: whole.title,
        doneBytes,
        totalBytes: whole.bytes,
        speed: step < 0.05 ? 0 : 38_400_000,
      });
    }
    keep(whole);
    return ok(whole);
  },

  deleteModel: async (id) => {
    cards = cards.filter((card) => card.id !== id);
    return ok(null);
  },

  loadModel: async (job, id, { contextLength }, onProgress) => {
    if (withoutGpu() && id !== GUIDE_ID) return failed(behaviour.device);
    loaded = null;
    if (id === GUIDE_ID && behaviour.failGuide !== '')
      return failed(behaviour.failGuide, { model: id, file: 'config.json' });
    for (const phase of ['device', 'weights', 'kernels'] as const) {
      for (let done = 0; done <= 5; done++) {
        await wait(behaviour.load);
        if (cancelled.has(job)) return failed('CANCELLED');
        onProgress({ phase, done, total: 5 });
      }
      if (
        phase === 'weights' &&
        id !== GUIDE_ID &&
        behaviour.failLoad !== '' &&
        (behaviour.failOf === '' || behaviour.failOf === id) &&
        contextLength > behaviour.roomFor
      )
        return failed(behaviour.failLoad, { ...atFault, ...sizesOf(id, contextLength) });
      if (phase === 'kernels' && wrongKernel !== null && id !== GUIDE_ID)
        return failed('KERNEL_CHECK_FAILED', { kernel: wrongKernel });
    }
    loaded = cards.find((card) => card.id === id) ?? null;
    return ok({
      modelId: id,
      contextLength: Math.min(contextLength, loaded?.contextLength ?? contextLength),
      runsOn: onProcessor() ? 'cpu' : 'gpu',
      gpuBytes: onProcessor() ? 0 : id === GUIDE_ID ? 6_400_000 : 214_000_000,
      loadMs: 18 * behaviour.load,
    });
  },
  unloadModel: async () => {
    loaded = null;
    return ok(null);
  },
  release: async () => {
    loaded = null;
    return ok(null);
  },
  verifyModel: async (job, id, onProgress) => {
    const records = 20;
    for (let done = 0; done < records; done++) {
      await wait(behaviour.load);
      if (cancelled.has(job)) return failed('CANCELLED');
      onProgress(done + 1, records);
    }
    const bytes = cards.find((card) => card.id === id)?.bytes ?? 0;
    return ok({ records, bytes, bad: Array.from({ length: behaviour.bad }, (_, index) => index) });
  },
  countTokens: async (text) => (loaded ? ok(Math.ceil(text.length / 4)) : failed('BAD_REQUEST')),
  selfTest: async (job, mode, onCase) => {
    const cases = selfTestCases(behaviour.failTest, mode === 'quick');
    for (const [index, done] of cases.entries()) {
      await wait(behaviour.test);
      if (cancelled.has(job)) return failed('CANCELLED');
      onCase(done, index, cases.length);
      if (mode === 'quick' && done.verdict === 'failed') wrongKernel = done.kernel;
    }
    return ok({ key: 'a device, a browser', mode, cases, ms: cases.length * behaviour.test });
  },
  benchmark: async (job) => {
    await wait(10 * behaviour.test);
    if (cancelled.has(job)) return failed('CANCELLED');
    return ok({
      rows: [
        { name: 'copy', value: 448.2, unit: 'GB/s' },
        { name: 'matvec4', value: 391.5, unit: 'GB/s' },
        { name: 'matvec8', value: 412.9, unit: 'GB/s' },
        { name: 'matvec16', value: 433.1, unit: 'GB/s' },
        { name: 'dispatch', value: 3.42, unit: 'µs' },
        { name: 'latency', value: 1.18, unit: 'ms' },
        ...(loaded ? [{ name: 'tokens', value: 31.4, unit: 'tokens/s' }] : []),
      ],
    });
  },

  chat: async (job, request, onEvent) => {
    const { messages } = request;
    const total = messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 12);
    for (let done = 0; done < total; done += Math.ceil(total / 4)) {
      onEvent({ kind: 'prefill', done, total });
      await wait(behaviour.token * 4);
    }
    const result: Omit<ChatResult, 'finish'> = {
      promptTokens: total,
      reusedTokens: 0,
      tokens: 0,
      droppedMessages: behaviour.dropped,
      timeToFirstTokenMs: 412,
      tokensPerSecond: 31.4,
    };
    const text = answerTo(request).slice(request.begun?.length ?? 0);
    const rush = shortAnswerTo(request) === undefined ? behaviour.rush : 0;
    let tokens = 0;
    // Pieces of a few characters, as tokens are: words arrive in parts.
    for (let at = 0; at < text.length; at += behaviour.piece) {
      if (behaviour.token > 0 && tokens >= rush) await wait(behaviour.token);
      else if (tokens % 20 === 0) await wait(0);
      if (tokens === behaviour.hold) await toldToGoOn;
      if (cancelled.has(job)) return ok({ ...result, tokens, finish: 'aborted' });
      if (tokens === behaviour.longest) return ok({ ...result, tokens, finish: 'length' });
      if (behaviour.failChat !== '' && tokens === behaviour.failAfter)
        return failed(behaviour.failChat, atFault);
      if (tokens === behaviour.loseAfter) {
        const lost = failed('DEVICE_LOST');
        if (!lost.ok) tellFailure(lost.failure);
        return lost;
      }
      if (request.routes && loaded?.experts) onEvent({ kind: 'routes', ...routesOf(loaded.experts, tokens) });
      onEvent({ kind: 'text', text: text.slice(at, at + behaviour.piece), tokens: ++tokens });
    }
    return ok({
      ...result,
      tokens,
      finish: behaviour.finish === '' ? 'stop' : (behaviour.finish as ChatResult['finish']),
    });
  },

  complete: async () => failed('BAD_REQUEST'),
  cancel: (job) => void cancelled.add(job),
  onFailure: (listener) => {
    tellFailure = listener;
  },
};

serve(fake);
