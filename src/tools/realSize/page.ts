/** The shipped worker, one step at a time, so that each can be measured from outside. */
import type {
  CompletionRequest,
  CompletionResult,
  LoadedReport,
  ModelCard,
  Result,
} from '../../protocol/api.ts';
import { connect } from '../../protocol/client.ts';

export interface ImportStep {
  readonly urls: readonly string[];
  /** Cancelled at so many bytes; null to let it finish. */
  readonly stopAt: number | null;
}

export interface Imported {
  readonly result: Result<ModelCard>;
  readonly ms: number;
  /** Bytes done, as last told. */
  readonly done: number;
}

interface Steps {
  adapter(): Promise<Result<string>>;
  importAtFourBits(step: ImportStep): Promise<Imported>;
  load(id: string, contextLength: number): Promise<Result<LoadedReport>>;
  complete(request: CompletionRequest): Promise<Result<CompletionResult>>;
}

declare global {
  interface Window {
    steps: Steps;
  }
}

const worker = connect(
  new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module', name: 'shoal engine' }),
);

window.steps = {
  async adapter() {
    const device = await worker.device();
    if (!device.ok) return device;
    const { vendor, architecture, description } = device.value;
    return { ok: true, value: [vendor, architecture, description].filter(Boolean).join(' ') };
  },

  async importAtFourBits({ urls, stopAt }) {
    const started = performance.now();
    const source = { kind: 'urls', urls: urls.map((url) => new URL(url, location.href).href) } as const;
    let done = 0;
    const result = await worker.importModel('import', source, 'q4', ({ doneBytes }) => {
      done = doneBytes;
      if (stopAt !== null && doneBytes >= stopAt) worker.cancel('import');
    });
    return { result, ms: performance.now() - started, done };
  },

  load: (id, contextLength) => worker.loadModel('load', id, { contextLength }, () => undefined),

  async complete(request) {
    let posted = Promise.resolve();
    const completed = await worker.complete('complete', request, (rows) => {
      posted = posted.then(() => postLogits(rows));
    });
    await posted;
    return completed;
  },
};

/** To the tool's server, which appends them to the file. */
async function postLogits(rows: Float32Array<ArrayBuffer>): Promise<void> {
  const answer = await fetch('/logits', { method: 'POST', body: rows });
  if (!answer.ok) throw new Error(`the logits could not be written: ${answer.status}`);
}
