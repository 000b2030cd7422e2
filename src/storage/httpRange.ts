/**
 * One range of one file over HTTP: the request, what each answer means, and the
 * retries. The validator is compared, not sent: If-Range would turn every read
 * across origins into a preflighted request, which CDNs behind model hubs refuse.
 */
import { AppError } from '../base/failure.ts';

export interface Remote {
  readonly url: string;
  readonly name: string;
  readonly fetch: typeof globalThis.fetch;
  /** Waits before each retry, in ms; when they are used up, the failure is thrown. */
  readonly retryDelays: readonly number[];
  /** A connection this long without a byte counts as lost. */
  readonly stallMs: number;
}

/** What tells one version of a file from the next. */
export interface Version {
  readonly size: number;
  /** ETag, else Last-Modified, else empty. */
  readonly validator: string;
}

/** Answers that may be better a moment later. */
const PASSING: readonly number[] = [408, 429, 500, 502, 503, 504];

/** A failure that a retry may cure. */
class Dropped extends Error {
  /** 0 where there was no answer at all. */
  readonly status: number;
  constructor(message: string, status = 0, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** Asks for the first byte to learn which version is there. NO_RANGES where the server ignores Range. */
export async function probe(remote: Remote, signal?: AbortSignal): Promise<Version> {
  const patience = startPatience(remote, signal);
  try {
    const response = await ask(remote, { headers: { range: 'bytes=0-0' } }, patience);
    await response.body?.cancel();
    if (response.status === 200) throw noRanges(remote);
    const validator = validatorOf(response);
    if (response.status === 416) return { size: 0, validator };
    return { size: totalOf(response) ?? (await headSize(remote, patience)), validator };
  } finally {
    patience.end();
  }
}

/** For servers that don't let another origin read Content-Range. */
async function headSize(remote: Remote, patience: Patience): Promise<number> {
  const response = await ask(remote, { method: 'HEAD' }, patience);
  const length = response.headers.get('content-length');
  if (length === null || response.status !== 200) throw noRanges(remote);
  return Number(length);
}

/**
 * The bytes [from, to) as they come, and no more of them.
 * SOURCE_CHANGED where the server has another version by now.
 */
export async function* readRange(
  remote: Remote,
  known: Version,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const patience = startPatience(remote, signal);
  try {
    const response = await ask(remote, { headers: { range: `bytes=${from}-${to - 1}` } }, patience);
    const refusal = refusalOf(remote, known, response, from);
    if (refusal) {
      await response.body?.cancel();
      throw refusal;
    }
    yield* bodyOf(response, to - from, patience);
  } finally {
    patience.end();
  }
}

function refusalOf(remote: Remote, known: Version, response: Response, from: number): AppError | null {
  const same = validatorOf(response) === known.validator && (totalOf(response) ?? known.size) === known.size;
  if (response.status === 416 || !same) return sourceChanged(remote);
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  const asAsked = response.status === 206 && (start === undefined || Number(start) === from);
  return asAsked ? null : noRanges(remote);
}

async function* bodyOf(response: Response, length: number, patience: Patience): AsyncGenerator<Uint8Array> {
  if (!response.body) throw new Dropped('the answer has no body');
  const reader = response.body.getReader();
  let left = length;
  try {
    while (left > 0) {
      const { done, value } = await reader.read().catch((error: unknown) => patience.failed(error));
      if (done) break;
      patience.moved();
      yield value.subarray(0, left);
      left -= Math.min(left, value.length);
    }
  } finally {
    // A connection nobody reads to its end must not stay open.
    reader.cancel().catch(() => undefined);
  }
  if (left > 0) throw new Dropped('the server ended its answer early');
}

/** An answer of status 200, 206 or 416; HTTP_STATUS { status } otherwise. */
async function ask(remote: Remote, init: RequestInit, patience: Patience): Promise<Response> {
  // no-store: the HTTP cache must not keep gigabytes a second time.
  const response = await remote
    .fetch(remote.url, { ...init, cache: 'no-store', signal: patience.signal })
    .catch((error: unknown) => patience.failed(error));
  patience.moved();
  if ([200, 206, 416].includes(response.status)) return response;
  await response.body?.cancel();
  if (PASSING.includes(response.status)) {
    throw new Dropped(`the server answered ${response.status}`, response.status);
  }
  throw badStatus(remote, response.status);
}

/** Runs `work` until it works; every byte of progress earns all retries anew. */
export async function retrying<T>(
  remote: Remote,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  let tries = 0;
  let reached = progress();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Dropped)) throw error;
      if (progress() > reached) tries = 0;
      reached = progress();
      const delay = remote.retryDelays[tries++];
      if (delay === undefined) throw givenUp(remote, error);
      await sleep(delay, signal);
    }
  }
}

/** One request's signal: the caller's, or the clock's when nothing has come for too long. */
interface Patience {
  readonly signal: AbortSignal;
  moved(): void;
  /** Rethrows the caller's cancel as it is; anything else may be retried. */
  failed(error: unknown): never;
  end(): void;
}

function startPatience(remote: Remote, signal: AbortSignal | undefined): Patience {
  const stalled = new AbortController();
  const lose = (): void => stalled.abort(new Dropped('nothing came for too long'));
  let timer = setTimeout(lose, remote.stallMs);
  return {
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    moved() {
      clearTimeout(timer);
      timer = setTimeout(lose, remote.stallMs);
    },
    failed(error) {
      signal?.throwIfAborted();
      throw error instanceof Dropped ? error : new Dropped(String(error), 0, error);
    },
    end: () => clearTimeout(timer),
  };
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function validatorOf(response: Response): string {
  return response.headers.get('etag') ?? response.headers.get('last-modified') ?? '';
}

/** The whole file's size, from `bytes 0-0/1234`. */
function totalOf(response: Response): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

export function sourceChanged(remote: Remote): AppError {
  return new AppError('SOURCE_CHANGED', `${remote.name} changed on the server since the import began`, {
    file: remote.name,
  });
}

function noRanges(remote: Remote): AppError {
  return new AppError('NO_RANGES', `the server of ${remote.name} does not serve parts of files`, {
    file: remote.name,
  });
}

function badStatus(remote: Remote, status: number): AppError {
  return new AppError('HTTP_STATUS', `the server answered ${status} for ${remote.name}`, {
    file: remote.name,
    status,
  });
}

function givenUp(remote: Remote, error: Dropped): AppError {
  if (error.status !== 0) return badStatus(remote, error.status);
  return new AppError(
    'NETWORK',
    `the connection for ${remote.name} was lost: ${error.message}`,
    { file: remote.name },
    error,
  );
}
