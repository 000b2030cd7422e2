import { expect, it } from 'vitest';
import { pageFile } from './pageFile.ts';

const ADDRESS = new URL('https://page.test/guide/model.safetensors');
const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

interface Answered {
  readonly body?: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

function opened({ body = BYTES, status = 200, headers = { 'content-length': '100' } }: Answered) {
  return pageFile(ADDRESS, { fetch: () => Promise.resolve(new Response(body, { status, headers })) });
}

/** A body that is given piece by piece. */
function arriving() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
  return {
    body,
    send: (from: number, to: number) => controller.enqueue(BYTES.slice(from, to)),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError('cut')),
  };
}

const signal = new AbortController().signal;

it('gives what has arrived while the rest is on its way', async () => {
  const { body, send, end } = arriving();
  const file = await opened({ body });
  expect(file).toMatchObject({ name: 'model.safetensors', size: 100 });
  send(0, 30);
  expect(await file.read(10, 20, signal)).toEqual(BYTES.slice(10, 30));
  const later = file.read(25, 50, signal);
  send(30, 60);
  send(60, 100);
  end();
  expect(await later).toEqual(BYTES.slice(25, 75));
  expect(await file.read(0, 100, signal)).toEqual(BYTES);
});

it('waits for the whole of a file whose length is that of a packed one', async () => {
  const file = await opened({ headers: { 'content-length': '7', 'content-encoding': 'gzip' } });
  expect(file.size).toBe(100);
  expect(await file.read(90, 10, signal)).toEqual(BYTES.slice(90));
  await expect(file.read(90, 11, signal)).rejects.toMatchObject({ code: 'FILE_TRUNCATED' });
});

it('says what can’t be had', async () => {
  const file = 'model.safetensors';
  await expect(opened({ status: 404 })).rejects.toMatchObject({ code: 'MISSING_PART', detail: { file } });
  // A host that answers everything it does not know with the page.
  await expect(opened({ headers: { 'content-type': 'text/html; charset=utf-8' } })).rejects.toMatchObject({
    code: 'MISSING_PART',
  });
  await expect(opened({ status: 503 })).rejects.toMatchObject({
    code: 'HTTP_STATUS',
    detail: { file, status: 503 },
  });
  const offline = pageFile(ADDRESS, { fetch: () => Promise.reject(new TypeError('offline')) });
  await expect(offline).rejects.toMatchObject({ code: 'NETWORK', detail: { file } });
});

it('fails a read that waits when the connection breaks, or the file ends early', async () => {
  const cut = arriving();
  const file = await opened({ body: cut.body });
  cut.send(0, 30);
  const waiting = file.read(20, 20, signal);
  cut.fail();
  await expect(waiting).rejects.toMatchObject({ code: 'NETWORK' });
  expect(await file.read(0, 30, signal)).toEqual(BYTES.slice(0, 30));

  const short = arriving();
  const ended = await opened({ body: short.body });
  short.send(0, 30);
  short.end();
  await expect(ended.read(20, 20, signal)).rejects.toMatchObject({
    code: 'FILE_TRUNCATED',
    detail: { needed: 40, has: 30 },
  });
});

it('ends a read that was given up, once something arrives', async () => {
  const { body, send } = arriving();
  const file = await opened({ body });
  const stop = new AbortController();
  const waiting = file.read(0, 50, stop.signal);
  stop.abort();
  send(0, 10);
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
