/**
 * Where the routers of all layers leave their choices: one buffer, a region for each
 * layer with experts, so that a single copy takes all of a decoded token's.
 */
import type { BufferRange } from '../gpu/index.ts';
import type { ModelSpec } from '../models/index.ts';
import { entriesOf, moeOf } from './moeEntries.ts';

/** The routed experts of one token, those it shares with every other not among them. */
export interface TokenRoutes {
  /** [layers with experts, topK], ascending within a layer; NO_EXPERT where a layer takes fewer. */
  readonly ids: Uint16Array<ArrayBuffer>;
  /** What each one's output is multiplied by. [layers with experts, topK] */
  readonly weights: Float32Array<ArrayBuffer>;
}

export const NO_EXPERT = 0xffff;

/** A layer's part of the log, in bytes. */
export interface RouteRegion {
  /** Index of the layer among all. */
  readonly layer: number;
  readonly offset: number;
  readonly bytes: number; // [tokens, entries] (id u32, weight f32)
  readonly entries: number;
  readonly topK: number;
}

const BINDING_ALIGNMENT = 256; // minStorageBufferOffsetAlignment at its default

/** The regions of `tokens` tokens, one behind the other; none for dense models. */
export function routeRegions(spec: ModelSpec, tokens: number): readonly RouteRegion[] {
  let end = 0;
  return spec.layers.flatMap((of, layer) => {
    const moe = moeOf(of);
    if (moe === null) return [];
    const entries = entriesOf(moe);
    const offset = end;
    const bytes = tokens * entries * 8;
    end += Math.ceil(bytes / BINDING_ALIGNMENT) * BINDING_ALIGNMENT;
    return [{ layer, offset, bytes, entries, topK: moe.topK }];
  });
}

export function routeLogBytes(regions: readonly RouteRegion[]): number {
  const last = regions.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes;
}

/** What each layer's router writes to; the log itself, never written, for layers without one. */
export function regionRanges(
  log: BufferRange,
  regions: readonly RouteRegion[],
  layers: number,
): readonly BufferRange[] {
  const ranges = Array.from({ length: layers }, () => log);
  for (const { layer, offset, bytes } of regions) {
    ranges[layer] = { buffer: log.buffer, offset: log.offset + offset, size: bytes };
  }
  return ranges;
}

/**
 * One decoded token's choices out of its log, whose bytes begin at `start`, a multiple
 * of 4. The router folds the model's residual multiplier into its weights; here it is out again.
 */
export function tokenRoutes(
  regions: readonly RouteRegion[],
  residualScale: number,
  bytes: ArrayBuffer,
  start: number,
): TokenRoutes {
  const width = Math.max(0, ...regions.map(({ topK }) => topK));
  const ids = new Uint16Array(regions.length * width).fill(NO_EXPERT);
  const weights = new Float32Array(ids.length);
  regions.forEach(({ offset, topK }, at) => {
    const words = new Uint32Array(bytes, start + offset, 2 * topK);
    const floats = new Float32Array(bytes, start + offset, 2 * topK);
    for (let k = 0; k < topK; k++) {
      ids[at * width + k] = words[2 * k]!;
      weights[at * width + k] = floats[2 * k + 1]! / residualScale;
    }
  });
  return { ids, weights };
}
