import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RangeServer, startRangeServer } from '../tools/rangeServer.ts';
import { urlSource } from './urlSource.ts';

const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) >> 3);
const QUICK = { retryDelays: [1, 1, 1] };

let server: RangeServer;
let url: string;
beforeEach(async () => {
  server = await startRangeServer({ '/models/a%20b.gguf': CONTENT });
  url = `${server.origin}/models/a b.gguf`;
});
afterEach(() => server.close());

describe('urlSource', () => {
  it('learns name, size and validator, and reads exactly what is asked', async () => {
    const source = await urlSource(url);
    expect(source).toMatchObject({ name: 'a b.gguf', size: CONTENT.length, validator: '"one"' });
    expect(await source.read(1000, 50_000)).toEqual(CONTENT.subarray(1000, 51_000));
    expect(await source.read(CONTENT.length - 1, 1)).toEqual(CONTENT.subarray(-1));
    expect(await source.read(5, 0)).toEqual(new Uint8Array());
    expect(server.requests.map(({ range }) => range)).toEqual([
      'bytes=0-0',
      'bytes=1000-50999',
      'bytes=99999-99999',
    ]);
  });

  it('tells of bytes as they come', async () => {
    let bytes = 0;
    const source = await urlSource(url, { onBytes: (count) => (bytes += count) });
    await source.read(0, 70_000);
    expect(bytes).toBe(70_000);
  });

  it('asks HEAD for the size where Content-Range is hidden', async () => {
    server.manners.contentRange = false;
    const source = await urlSource(url);
    expect(source.size).toBe(CONTENT.length);
    expect(await source.read(3, 9)).toEqual(CONTENT.subarray(3, 12));
  });

  it('refuses a range past the end before asking for it', async () => {
    const source = await urlSource(url);
    await expect(source.read(99_990, 11)).rejects.toMatchObject({
      code: 'FILE_TRUNCATED',
      detail: { file: 'a b.gguf', needed: 100_001, has: 100_000 },
    });
  });

  it('goes on at the byte where a connection was lost', async () => {
    const source = await urlSource(url, QUICK);
    const cuts: (number | null)[] = [30_000, 20_000, 100, null];
    server.manners.cutAfter = () => cuts.shift() ?? null;
    expect(await source.read(0, 90_000)).toEqual(CONTENT.subarray(0, 90_000));
    expect(server.requests.at(-1)?.range).toBe('bytes=50100-89999');
  });

  it('asks again for what a short answer left out, and gives up when nothing more comes', async () => {
    const source = await urlSource(url, QUICK);
    server.manners.endAfter = () => 40_000;
    expect(await source.read(0, 100_000)).toEqual(CONTENT);
    server.manners.endAfter = () => 0;
    const before = server.requests.length;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(server.requests.length - before).toBe(4);
  });

  it('counts a connection that says nothing as lost', async () => {
    const source = await urlSource(url, { retryDelays: [1], stallMs: 40 });
    server.manners.stallAfter = () => 0;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it('retries passing troubles and names the others', async () => {
    const source = await urlSource(url, QUICK);
    server.manners.statuses = [503, 429];
    expect(await source.read(0, 10)).toEqual(CONTENT.subarray(0, 10));
    server.manners.statuses = [500, 500, 500, 502];
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'HTTP_STATUS', detail: { status: 502 } });
    const before = server.requests.length;
    server.manners.statuses = [403];
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'HTTP_STATUS', detail: { status: 403 } });
    expect(server.requests.length - before).toBe(1);
    await expect(urlSource(`${server.origin}/none`, QUICK)).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      detail: { status: 404 },
    });
  });

  it('names a server without ranges, at the start and later', async () => {
    const source = await urlSource(url, QUICK);
    server.manners.ranges = false;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'NO_RANGES' });
    await expect(urlSource(url, QUICK)).rejects.toMatchObject({ code: 'NO_RANGES' });
  });

  it('names a file that changed: by its validator, its size, or a 416', async () => {
    const source = await urlSource(url, QUICK);
    server.manners.etag = '"two"';
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    server.manners.ranges = false;
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    server.manners.etag = '"one"';
    server.manners.ranges = true;
    server.files.set('/models/a%20b.gguf', CONTENT.subarray(0, 500));
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await expect(source.read(700, 10)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await expect(urlSource(url, { ...QUICK, size: 7 })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('gives up on a server that is gone', async () => {
    const source = await urlSource(url, QUICK);
    await server.close();
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'NETWORK' });
    server = await startRangeServer();
  });

  it('stops at once when cancelled, while reading and while waiting to retry', async () => {
    const cancel = new AbortController();
    const source = await urlSource(url, { retryDelays: [60_000] });
    server.manners.cutAfter = () => {
      setTimeout(() => cancel.abort(), 30);
      return 10;
    };
    await expect(source.read(0, 1000, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(source.read(0, 1000, cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes web addresses only', async () => {
    for (const text of ['', 'model.gguf', 'file:///etc/passwd', 'javascript:alert(1)']) {
      await expect(urlSource(text)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });
});
