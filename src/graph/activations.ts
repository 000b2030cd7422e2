/**
 * The buffers between kernels. Decode's hold one token, prefill's a chunk. Rows
 * are padded to 32 floats; the padding stays zero because no kernel writes it.
 * A spec that has no such layer gives the buffer one float.
 */
import { padCols } from '../formats/index.ts';
import type { BufferRange, Gpu } from '../gpu/index.ts';
import { EXPERT_ARGS_BYTES, mostExpertTiles } from '../kernels/index.ts';
import type { LayerSpec, MlaSpec, ModelSpec, MoeFfnSpec } from '../models/index.ts';
import { entriesOf, moeOf } from './moeEntries.ts';
import { regionRanges, routeLogBytes, routeRegions } from './routeLog.ts';

export interface Activations {
  /** Rows each buffer holds. */
  readonly tokens: number;
  readonly stream: BufferRange; // [tokens, hidden] the residual stream
  readonly streamNext: BufferRange; // [tokens, hidden] its twin, where a norm rewrites it
  readonly normed: BufferRange; // [tokens, hidden]
  readonly branch: BufferRange; // [tokens, hidden] a sublayer's output before its post norm
  readonly qkv: BufferRange; // [tokens, qkv] the first matrix of an attention layer's output
  readonly attended: BufferRange; // [tokens, attended] what the output matrix reads
  readonly inner: BufferRange; // [tokens, ffn inner]
  readonly gateUp: BufferRange; // [tokens, 2*inner] where gate and up are separate tensors
  readonly partials: BufferRange; // split attention's partial sums, one token
  readonly qLatent: BufferRange; // [tokens, qRank] normed
  readonly q: BufferRange; // [tokens, heads*(nope+rope)] from the query's latent
  readonly queries: BufferRange; // [tokens, heads*(kvRank+rope)] absorbed
  readonly weighed: BufferRange; // [tokens, heads*kvRank] weighted latents, prefill alone
  readonly routeLog: BufferRange; // the next, one behind the other
  readonly routes: readonly BufferRange[]; // for each layer [tokens, entries] (expert, weight)
  readonly expertInner: BufferRange; // [tokens, entries, expert inner]
  readonly sharedInner: BufferRange; // [tokens, entries, shared inner] where it is kept apart
  readonly expertOut: BufferRange; // [tokens, entries, hidden] prefill alone
}

/** A chunk's entries by expert, for one layer after the other. */
export interface SortedEntries {
  readonly order: BufferRange;
  readonly tiles: BufferRange;
  readonly args: BufferRange;
}

export interface Strides {
  readonly hidden: number;
  readonly qkv: number;
  readonly attended: number;
  readonly inner: number;
  readonly vocab: number;
  readonly q: number;
  readonly qLatent: number;
  readonly queries: number;
  readonly weighed: number;
}

/** Row strides in floats, wide enough for the widest layer. */
export function strides(spec: ModelSpec): Strides {
  const widest = (of: (layer: LayerSpec) => number): number => padCols(Math.max(0, ...spec.layers.map(of)));
  const mla = (of: (attention: MlaSpec) => number): number =>
    widest(({ attention }) => (attention.kind === 'mla' ? of(attention) : 0));
  return {
    hidden: padCols(spec.hidden),
    qkv: widest((layer) => qkvWidth(spec, layer)),
    attended: widest((layer) => attendedWidth(spec, layer)),
    inner: widest(({ ffn }) => (ffn.kind === 'dense' ? ffn.inner : 0)),
    vocab: padCols(spec.vocab),
    q: mla((a) => (a.qRank > 0 ? headWidth(a) : 0)),
    qLatent: mla((a) => a.qRank),
    queries: mla((a) => a.heads * (a.kvRank + a.ropeDim)),
    weighed: mla((a) => a.heads * a.kvRank),
  };
}

function headWidth({ heads, nopeDim, ropeDim }: MlaSpec): number {
  return heads * (nopeDim + ropeDim);
}

function qkvWidth({ hidden }: ModelSpec, { attention: a }: LayerSpec): number {
  switch (a.kind) {
    case 'gqa':
      return (a.heads + 2 * a.kvHeads) * a.headDim;
    case 'mla':
      return (a.qRank > 0 ? a.qRank : headWidth(a)) + a.kvRank + a.ropeDim;
    case 'conv':
      return 3 * hidden;
    default:
      return a satisfies never;
  }
}

function attendedWidth({ hidden }: ModelSpec, { attention: a }: LayerSpec): number {
  if (a.kind === 'conv') return hidden;
  return a.heads * (a.kind === 'gqa' ? a.headDim : a.valueDim);
}

function sharedInner(moe: MoeFfnSpec): number {
  const { shared } = moe;
  return shared?.pooled === 0 ? entriesOf(moe) * padCols(shared.inner) : 0;
}

/** Ids the widest layer routes to. */
export function mostIds(spec: ModelSpec): number {
  const ids = spec.layers
    .flatMap((layer) => moeOf(layer) ?? [])
    .map((moe) => moe.experts + entriesOf(moe) - moe.topK);
  return Math.max(1, ...ids);
}

export class ActivationPool {
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  floats(label: string, count: number, more: GPUBufferUsageFlags = 0): BufferRange {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | more;
    const buffer = this.#gpu.memory.buffer(label, Math.max(count, 1) * 4, usage);
    this.#buffers.push(buffer);
    return { buffer, offset: 0, size: buffer.size };
  }

  /** For programs of `tokens` tokens: a chunk's, or (`decodes`) those of one with its partial sums. */
  activations(spec: ModelSpec, tokens: number, decodes: boolean, partialFloats: number): Activations {
    const s = strides(spec);
    const rows = (label: string, stride: number): BufferRange =>
      this.floats(`${label} x${tokens}`, tokens * stride);
    const most = (of: (moe: MoeFfnSpec) => number): number =>
      Math.max(0, ...spec.layers.map((layer) => of(moeOf(layer) ?? NO_EXPERTS)));
    const regions = routeRegions(spec, tokens);
    const routeLog = this.floats(`routes x${tokens}`, routeLogBytes(regions) / 4);
    return {
      tokens,
      stream: rows('stream', s.hidden),
      streamNext: rows('stream next', s.hidden),
      normed: rows('normed', s.hidden),
      branch: rows('branch', s.hidden),
      qkv: rows('qkv', s.qkv),
      attended: rows('attended', s.attended),
      inner: rows('inner', s.inner),
      gateUp: rows('gate up', 2 * s.inner),
      partials: this.floats('partials', decodes ? partialFloats : 0),
      qLatent: rows('q latent', s.qLatent),
      q: rows('q', s.q),
      queries: rows('queries', s.queries),
      weighed: rows('weighed latents', decodes ? 0 : s.weighed),
      routeLog,
      routes: regionRanges(routeLog, regions, spec.layers.length),
      expertInner: rows(
        'expert inner',
        most((moe) => entriesOf(moe) * padCols(moe.inner)),
      ),
      sharedInner: rows('shared inner', most(sharedInner)),
      expertOut: rows('expert out', decodes ? 0 : most(entriesOf) * s.hidden),
    };
  }

  sortedEntries(spec: ModelSpec, tokens: number, tile: number): SortedEntries {
    const layers = spec.layers.flatMap((layer) => moeOf(layer) ?? []);
    const entries = Math.max(0, ...layers.map((moe) => tokens * entriesOf(moe)));
    const ids = mostIds(spec);
    return {
      order: this.floats('entries by expert', entries),
      tiles: this.floats('tiles', 4 * mostExpertTiles(entries, ids, tile)),
      args: this.floats('tile grids', EXPERT_ARGS_BYTES / 4, GPUBufferUsage.INDIRECT),
    };
  }

  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.#gpu.memory.free(buffer);
  }
}

const NO_EXPERTS: MoeFfnSpec = {
  kind: 'moe',
  experts: 0,
  topK: 0,
  inner: 0,
  activation: 'silu',
  router: { score: 'softmax', bias: false, selectBias: false, groups: null, renormalise: null, scale: 1 },
  expertBias: false,
  weigh: 'output',
  shared: null,
};
