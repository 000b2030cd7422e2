/**
 * A file on a web server, read in ranges. A lost connection goes on from the byte
 * it reached; a file that changes between two reads is noticed, never mixed.
 */
import { AppError } from '../base/failure.ts';
import { checkRange } from './fileSource.ts';
import { probe, readRange, type Remote, retrying, sourceChanged } from './httpRange.ts';
import type { VersionedSource } from './types.ts';
import { urlName } from './urlName.ts';

export interface UrlSourceOptions {
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** As a listing told it: SOURCE_CHANGED where the server has another. */
  readonly size?: number | undefined;
  /** Called with counts of bytes as they arrive. */
  readonly onBytes?: ((count: number) => void) | undefined;
  readonly retryDelays?: readonly number[] | undefined;
  readonly stallMs?: number | undefined;
}

const RETRY_DELAYS: readonly number[] = [500, 1000, 2000, 4000, 8000];
const STALL_MS = 30_000;

/**
 * BAD_REQUEST where `url` is none, NO_RANGES, HTTP_STATUS { status }, NETWORK after
 * the retries, SOURCE_CHANGED.
 */
export async function urlSource(url: string, options: UrlSourceOptions = {}): Promise<VersionedSource> {
  const { href, name } = parseUrl(url);
  const remote: Remote = {
    url: href,
    name,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    retryDelays: options.retryDelays ?? RETRY_DELAYS,
    stallMs: options.stallMs ?? STALL_MS,
  };
  const version = await retrying(remote, options.signal, () => probe(remote, options.signal));
  if (options.size !== undefined && options.size !== version.size) throw sourceChanged(remote);
  return {
    name,
    ...version,
    async read(offset, length, signal) {
      checkRange({ name, size: version.size }, offset, length);
      const bytes = new Uint8Array(length);
      let done = 0;
      const goOn = async (): Promise<void> => {
        for await (const chunk of readRange(remote, version, offset + done, offset + length, signal)) {
          bytes.set(chunk, done);
          done += chunk.length;
          options.onBytes?.(chunk.length);
        }
      };
      if (length > 0) await retrying(remote, signal, goOn, () => done);
      return bytes;
    },
  };
}

function parseUrl(text: string): { href: string; name: string } {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new AppError('BAD_REQUEST', 'that is not a web address', { url: text });
  }
  return { href: url.href, name: urlName(url.pathname) || url.host };
}
