/**
 * A file server for tests of downloads: ranges, validators, and on demand every
 * misbehaviour a download has to survive or to name.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RangeServer {
  readonly origin: string;
  /** Changes take effect with the next request. */
  readonly manners: ServerManners;
  readonly requests: { readonly method: string; readonly path: string; readonly range: string }[];
  readonly files: Map<string, Uint8Array<ArrayBuffer> | string>;
  /** As when a cable is pulled: whatever is on its way ends in the middle. */
  dropConnections(): void;
  close(): Promise<void>;
}

export interface ServerManners {
  etag: string;
  ranges: boolean;
  /** Whether Content-Range can be read, as across origins it often cannot. */
  contentRange: boolean;
  /** Answers of these statuses come first, one for each request. */
  statuses: number[];
  /** The connection is destroyed after so many bytes of a body; null for never. */
  cutAfter: (bodyBytes: number) => number | null;
  /** Bodies end, politely, after so many bytes; null for never. */
  endAfter: () => number | null;
  /** The connection stays, but no more of a body than so many bytes comes; null for all of it. */
  stallAfter: (bodyBytes: number, from: number) => number | null;
  /** Connections are dropped without an answer, as by a server that is gone. */
  gone: boolean;
}

export async function startRangeServer(
  files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>> = {},
): Promise<RangeServer> {
  const manners: ServerManners = {
    etag: '"one"',
    ranges: true,
    contentRange: true,
    statuses: [],
    cutAfter: () => null,
    endAfter: () => null,
    stallAfter: () => null,
    gone: false,
  };
  const requests: RangeServer['requests'] = [];
  const served = new Map(Object.entries(files));
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    requests.push({ method: request.method ?? '', path, range: request.headers.range ?? '' });
    if (manners.gone) {
      request.destroy();
      return;
    }
    const content = served.get(path);
    const status = manners.statuses.shift() ?? (content === undefined ? 404 : 0);
    if (status !== 0) {
      response.writeHead(status).end('no');
      return;
    }
    const bytes =
      typeof content === 'string' ? new TextEncoder().encode(content) : (content ?? new Uint8Array());
    serve(request, response, bytes, manners);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    manners,
    requests,
    files: served,
    dropConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  manners: ServerManners,
): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'content-range, etag');
  if (manners.etag !== '') response.setHeader('etag', manners.etag);
  const [, first, last] = (manners.ranges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) || [];
  if (first === undefined || last === undefined) {
    response.writeHead(200, { 'content-length': bytes.length });
    return send(request, response, bytes, 0, manners);
  }
  const from = Number(first);
  const to = Math.min(Number(last) + 1, bytes.length);
  if (from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const shown = manners.contentRange ? { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` } : {};
  response.writeHead(206, shown);
  send(request, response, bytes.subarray(from, to), from, manners);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  from: number,
  manners: ServerManners,
): void {
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const stall = manners.stallAfter(body.length, from);
  if (stall !== null) {
    response.flushHeaders();
    response.write(body.subarray(0, stall));
    return;
  }
  const cut = manners.cutAfter(body.length);
  const end = manners.endAfter();
  if (cut !== null && cut < body.length) {
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 5));
  } else {
    response.end(body.subarray(0, end ?? body.length));
  }
}
