/**
 * Whether a model fits this device, before it is downloaded. WebGPU tells no memory
 * size, so the verdict rests on what the user says of the GPU, or on a cautious guess,
 * and says which. All experts have to be on the GPU.
 */
import type { DeviceReport, StorageReport } from '../protocol/api.ts';

/** What decides a model's place on a GPU. */
export interface Sizes {
  /** Of the weights as they are stored, and lie on the GPU. */
  readonly storedBytes: number;
  /** Of a cache in 16 bits; 0 where the model's shape is not known yet. */
  readonly kvBytesPerToken: number;
  /** The most the model reads; 0 where unknown. */
  readonly contextLength: number;
}

export interface Need {
  readonly weights: number;
  readonly cache: number;
  readonly scratch: number;
  readonly total: number;
  /** Positions the cache is for; 0 where it is not known. */
  readonly context: number;
}

/** In bytes; 'stated' by the user, or 'guessed' from what the browser tells. */
export interface GpuMemory {
  readonly bytes: number;
  readonly from: 'stated' | 'guessed';
}

/** 'unsure': more than the guess, which may be too low; 'none': no graphics processor. */
export type Verdict = 'fits' | 'tight' | 'not' | 'unsure' | 'none';

export interface Fit {
  readonly verdict: Verdict;
  readonly need: Need;
  /** null without a graphics processor. */
  readonly memory: GpuMemory | null;
}

/** Choices of the setting, in GB. */
export const STATED_MEMORY = [2, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;

/** Activations of a prefill chunk, rope tables, logits: 32 and 78 MB measured, more with wider chunks. */
const SCRATCH = 200_000_000;
/** Up to here the cache keeps its values in 32 bits (graph/kvCache.ts). */
const WIDE_CACHE = 256 * 1024 * 1024;
/** The system, the browser and other programs draw with the same memory. */
const COMFORT = 0.85;

const GB = 1e9;

export function needOf({ storedBytes, kvBytesPerToken, contextLength }: Sizes, wantedContext: number): Need {
  const known = kvBytesPerToken > 0;
  const context = known ? Math.min(wantedContext, contextLength || wantedContext) : 0;
  const narrow = kvBytesPerToken * context;
  const cache = 2 * narrow <= WIDE_CACHE ? 2 * narrow : narrow;
  return { weights: storedBytes, cache, scratch: SCRATCH, total: storedBytes + cache + SCRATCH, context };
}

/** What there is to guess from. */
type GpuHints = Pick<DeviceReport, 'software' | 'maxBufferBytes'>;

/**
 * `statedGb` is the user's word, null where none was given; `ramGb` is
 * navigator.deviceMemory, which browsers round and cap, or do not tell.
 */
export function gpuMemory(report: GpuHints, statedGb: number | null, ramGb: number | null): GpuMemory {
  if (statedGb !== null) return { bytes: statedGb * GB, from: 'stated' };
  return { bytes: guess(report, ramGb) * GB, from: 'guessed' };
}

function guess({ software, maxBufferBytes }: GpuHints, ramGb: number | null): number {
  const half = Math.max(1, Math.floor((ramGb ?? 8) / 2));
  if (software) return Math.min(half, 4);
  // Phones, and drivers that allow little at once.
  if (maxBufferBytes < 1024 ** 3) return Math.min(half, 2);
  // One buffer may be so large, so there is at least as much.
  return Math.max(Math.min(half, 4), Math.min(8, Math.floor(maxBufferBytes / GB)));
}

export function fitOf(sizes: Sizes, wantedContext: number, memory: GpuMemory | null): Fit {
  const need = needOf(sizes, wantedContext);
  if (memory === null) return { verdict: 'none', need, memory };
  const share = need.total / memory.bytes;
  const certain = memory.from === 'stated';
  const verdict = share <= COMFORT ? 'fits' : !certain ? 'unsure' : share <= 1 ? 'tight' : 'not';
  return { verdict, need, memory };
}

/** Whether the browser's storage has room for so much more; null where it does not tell. */
export function roomFor(bytes: number, storage: StorageReport | null): boolean | null {
  if (storage === null || storage.quotaBytes === 0) return null;
  return bytes * 1.05 <= storage.quotaBytes - storage.usedBytes;
}

/** Bits of a weight in the file, and once repacked (formats/layouts.ts), by the file's own name for its type. */
const REPACKED: readonly (readonly [RegExp, number])[] = [
  [/\bQ2_K/i, 5.1 / 2.6],
  [/\bQ3_K/i, 4.6 / 3.4],
  [/\bQ4_K/i, 1.1],
  [/\bQ5_(0|1)/i, 8.5 / 5.5],
  [/\bQ5_K/i, 8.6 / 5.5],
  [/\bQ6_K/i, 8.6 / 6.6],
];

/** About how large a file of a repository is once stored: two-level scales and odd widths are unpacked. */
export function storedFrom(path: string, bytes: number): number {
  const name = path.replace(/[-_./](?=I?Q\d|MXFP)/gi, ' ');
  return bytes * (REPACKED.find(([pattern]) => pattern.test(name))?.[1] ?? 1);
}

/** Megabits a second beyond which browsers do not tell. */
const MOST_TOLD = 10;

/** How long a download takes at the speed the browser tells; null where it tells none. */
export function downloadTime(
  bytes: number,
  megabits: number | null,
): { readonly seconds: number; readonly atMost: boolean } | null {
  if (megabits === null || megabits <= 0) return null;
  return { seconds: (bytes * 8) / (megabits * 1e6), atMost: megabits >= MOST_TOLD };
}
