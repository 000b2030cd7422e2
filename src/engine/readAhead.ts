/**
 * Small reads in file order, served from larger ones. The experts of a layer are
 * records of their own though they lie side by side: asked for one by one, a model
 * of thousands would take as many round trips.
 */
import { concat } from '../base/bytes.ts';
import type { ByteRange, ByteSource } from '../formats/index.ts';

export type ReadRange = (range: ByteRange, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

interface Window {
  readonly source: ByteSource;
  readonly from: number;
  readonly to: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

/** An expert's gate, up and down, each with scales and zeros, may lie in as many places. */
const WINDOWS = 9;
/** What is this part of a window or more is read by itself. */
const LARGE = 4;

/**
 * Windows of `windowBytes` bytes, the least recently used of which goes. What is
 * read is shared: it must not be written to.
 */
export function createReadAhead(windowBytes: number): ReadRange {
  /** Most recently used last. */
  const windows: Window[] = [];

  const open = ({ source, offset }: ByteRange, signal: AbortSignal): Window => {
    const to = Math.min(offset + windowBytes, source.size);
    const window = { source, from: offset, to, bytes: source.read(offset, to - offset, signal) };
    if (windows.length >= WINDOWS) windows.shift();
    return window;
  };

  return async function read(range, signal): ReturnType<ReadRange> {
    const { source, offset, length } = range;
    if (length * LARGE >= windowBytes || offset + length > source.size) {
      return source.read(offset, length, signal);
    }
    const at = windows.findIndex((each) => each.source === source && each.from <= offset && offset < each.to);
    const [window = open(range, signal)] = at < 0 ? [] : windows.splice(at, 1);
    windows.push(window);
    const bytes = await window.bytes.catch((error: unknown) => {
      const failed = windows.indexOf(window);
      if (failed >= 0) windows.splice(failed, 1);
      throw error;
    });
    const part = bytes.subarray(offset - window.from, offset - window.from + length);
    if (part.length === length) return part;
    const rest = { source, offset: window.to, length: length - part.length };
    return concat([part, await read(rest, signal)]);
  };
}
