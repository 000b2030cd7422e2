/**
 * A file that lies beside the page, read while it is still arriving. It is asked for
 * whole, since a service worker answers from its cache and knows no ranges.
 */
import { AppError } from '../base/failure.ts';
import { checkRange } from './fileSource.ts';
import type { VersionedSource } from './types.ts';

/**
 * MISSING_PART { file } where the server has no such file, HTTP_STATUS { file, status }
 * and NETWORK { file } where it can't be had; reading fails with NETWORK where the
 * connection breaks and with FILE_TRUNCATED where the file ends early.
 */
export async function pageFile(
  url: URL,
  { fetch = globalThis.fetch }: { readonly fetch?: typeof globalThis.fetch } = {},
): Promise<VersionedSource> {
  const name = url.pathname.split('/').at(-1) ?? '';
  const response = await fetch(url).catch((error: unknown) => {
    throw unreachable(name, error);
  });
  // A host of single-page apps answers with the page itself where a file is not there.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.status === 404 || isPage)
    throw new AppError('MISSING_PART', `${name} does not lie beside the page`, { file: name });
  if (!response.ok || response.body === null) {
    const { status } = response;
    throw new AppError('HTTP_STATUS', `the server answered ${status} for ${name}`, { file: name, status });
  }
  const length = response.headers.get('content-length');
  const isPacked = response.headers.has('content-encoding'); // then the length is another
  if (length === null || isPacked) return arrivedSource(name, await wholeBody(name, response));
  return arrivingSource(name, Number(length), response.body);
}

async function wholeBody(name: string, response: Response): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw unreachable(name, error);
  }
}

function arrivedSource(name: string, bytes: Uint8Array<ArrayBuffer>): VersionedSource {
  const source = { name, size: bytes.length, validator: '' };
  return {
    ...source,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      checkRange(source, offset, length);
      return bytes.slice(offset, offset + length);
    },
  };
}

function arrivingSource(name: string, size: number, body: ReadableStream<Uint8Array>): VersionedSource {
  const source = { name, size, validator: '' };
  const bytes = new Uint8Array(size);
  const waiting = new Set<() => void>();
  let arrived = 0;
  let failure: AppError | null = null;
  let ended = false;

  async function receive(): Promise<void> {
    try {
      for await (const piece of chunksOf(body)) {
        const room = piece.subarray(0, size - arrived);
        bytes.set(room, arrived);
        arrived += room.length;
        waiting.forEach((wake) => wake());
      }
    } catch (error) {
      failure = unreachable(name, error);
    }
    ended = true;
    waiting.forEach((wake) => wake());
  }
  void receive();

  return {
    ...source,
    async read(offset, length, signal) {
      checkRange(source, offset, length);
      const isThere = (): boolean => arrived >= offset + length;
      while (!isThere()) {
        signal?.throwIfAborted();
        if (failure) throw failure;
        if (ended) checkRange({ name, size: arrived }, offset, length);
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
      signal?.throwIfAborted();
      return bytes.slice(offset, offset + length);
    },
  };
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function unreachable(name: string, error: unknown): AppError {
  const words = error instanceof Error ? error.message : String(error);
  return new AppError('NETWORK', `${name} could not be fetched: ${words}`, { file: name }, error);
}
