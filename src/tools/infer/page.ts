/** The page `infer --runtime browser` opens: the shipped worker, driven by no hands. */
import type { Result } from '../../protocol/api.ts';
import { connect } from '../../protocol/client.ts';
import type { InferOptions } from './args.ts';
import type { Measured } from './report.ts';

export type PageRequest = Pick<InferOptions, 'weights' | 'contextLength' | 'request'> & {
  readonly urls: readonly string[];
};

declare global {
  interface Window {
    infer(request: PageRequest): Promise<Result<Measured>>;
  }
}

const worker = connect(
  new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module', name: 'shoal engine' }),
);

window.infer = async ({ urls, weights, contextLength, request }) => {
  const started = performance.now();
  const device = await worker.device();
  if (!device.ok) return device;
  const source = { kind: 'urls', urls: urls.map((url) => new URL(url, location.href).href) } as const;
  const imported = await worker.importModel('import', source, weights, () => undefined);
  if (!imported.ok) return imported;
  const importMs = performance.now() - started;
  const loaded = await worker.loadModel('load', imported.value.id, { contextLength }, () => undefined);
  if (!loaded.ok) return loaded;
  let posted = Promise.resolve();
  const completed = await worker.complete('complete', request, (rows) => {
    posted = posted.then(() => postLogits(rows));
  });
  await posted;
  if (!completed.ok) return completed;
  const { vendor, architecture, description } = device.value;
  const adapter = [vendor, architecture, description].filter(Boolean).join(' ');
  return { ok: true, value: { adapter, importMs, loadMs: loaded.value.loadMs, result: completed.value } };
};

/** To the tool's server, which appends them to the file. */
async function postLogits(rows: Float32Array<ArrayBuffer>): Promise<void> {
  const answer = await fetch('/logits', { method: 'POST', body: rows });
  if (!answer.ok) throw new Error(`the logits could not be written: ${answer.status}`);
}
