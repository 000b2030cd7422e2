/** A small static server on the loopback address: the page, the model by ranges, and a place for the logits. */
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

export interface InferServer {
  readonly origin: string;
  readonly modelUrls: readonly string[];
  /** Of the model's files, as yet. */
  readonly sentBytes: number;
  close(): Promise<void>;
}

export async function serve(parts: {
  /** Where a path is looked for, one after the other. */
  folders: readonly string[];
  files: readonly string[];
  logitsFile: string | null;
}): Promise<InferServer> {
  const logits = parts.logitsFile === null ? null : createWriteStream(parts.logitsFile);
  const modelUrls = parts.files.map((file, i) => `/model/${i}/${encodeURIComponent(basename(file))}`);
  let sentBytes = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (request.method === 'POST' && path === '/logits' && logits) {
      for await (const bytes of request) if (!logits.write(bytes)) await once(logits, 'drain');
      response.end();
      return;
    }
    const model = modelUrls.indexOf(path);
    const found = parts.folders
      .map((folder) => join(folder, normalize(decodeURIComponent(path))))
      .find((file) => existsSync(file));
    const file = model >= 0 ? parts.files[model] : found;
    if (file === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    await send(file, request, response, (count) => {
      if (model >= 0) sentBytes += count;
    });
  }

  const server = createServer((request, response) => {
    // A reader that goes away in the middle is the browser's right.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    modelUrls,
    get sentBytes() {
      return sentBytes;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (logits) await new Promise<void>((ended) => logits.end(() => ended()));
    },
  };
}

async function send(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
  onSent: (count: number) => void,
): Promise<void> {
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = range && range[2] !== '' ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (range && start >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  response.writeHead(range ? 206 : 200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const content = createReadStream(file, { start, end });
  content.on('data', (bytes) => onSent(bytes.length));
  await pipeline(content, response);
}
