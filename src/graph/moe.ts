/**
 * A mixture of experts. A decoded token takes three dispatches: norm, router and
 * choice; gate, up and activation of all chosen experts; their weighted down
 * projections, added to the stream. A chunk's tokens are first sorted by expert.
 * A shared expert rides along as more entries of the same pool, or, kept apart by
 * its layout or shape, takes two dispatches of its own.
 */
import { padCols } from '../formats/index.ts';
import type { BufferRange } from '../gpu/index.ts';
import {
  expertBlocks,
  expertCombine,
  expertDown,
  expertGateUp,
  expertGrid,
  expertMatmul,
  expertSort,
  expertTile,
  route,
} from '../kernels/index.ts';
import type { LayerSpec, MoeFfnSpec } from '../models/index.ts';
import type { ProgramBuilder } from './builder.ts';
import { entriesOf } from './moeEntries.ts';
import { onlyChunk, type GpuTensor, type WeightChunk } from './weights.ts';

/** Experts that lie in the same two tensors, and the entries of a token's routes they serve. */
interface Pool {
  readonly gateUp: string;
  readonly down: string;
  readonly inner: number;
  /** The id of slot-table entry 0, and how many there are. */
  readonly idBase: number;
  readonly ids: number;
  readonly firstEntry: number;
  readonly entries: number;
  readonly bias: boolean;
  readonly y: BufferRange;
}

export function decodeMoe(b: ProgramBuilder, layer: LayerSpec, moe: MoeFfnSpec, at: number): void {
  refusePostNorm(layer);
  chooseExperts(b, moe, at);
  for (const pool of poolsOf(b, moe, at)) {
    const { inner, firstEntry, entries, idBase, bias } = pool;
    const input = { firstEntry, entries, idBase };
    const shared = { routes: b.acts.routes[at]!, slots: b.slots };
    windows(b, pool.gateUp, pool, (tensor, window, planes) =>
      b.add(
        expertGateUp({ ...formOf(b, tensor, bias), gate: moe.activation, weighInput: moe.weigh === 'input' }),
        {
          ...input,
          ...window,
          rows: inner,
          width: b.spec.hidden,
          eps: b.spec.normEps,
          yStride: padCols(inner),
        },
        {
          ...planes,
          ...shared,
          x: b.stream,
          normWeight: b.vector(`${at}.ffnNorm`),
          y: pool.y,
          ...biasOf(b, pool, `${at}.expertGateUpBias`),
        },
      ),
    );
    windows(b, pool.down, pool, (tensor, window, planes) =>
      b.add(
        expertDown({ ...formOf(b, tensor, bias), weigh: moe.weigh === 'output' }),
        { ...input, ...window, rows: b.spec.hidden, xStride: padCols(inner) },
        { ...planes, ...shared, x: pool.y, y: b.stream, ...biasOf(b, pool, `${at}.expertDownBias`) },
      ),
    );
  }
}

export function prefillMoe(b: ProgramBuilder, layer: LayerSpec, moe: MoeFfnSpec, at: number): void {
  refusePostNorm(layer);
  const { acts, strides } = b;
  const perToken = entriesOf(moe);
  const routes = acts.routes[at]!;
  b.norm(`${at}.ffnNorm`, b.stream, acts.normed);
  chooseExperts(b, moe, at);
  for (const pool of poolsOf(b, moe, at)) {
    sortByExpert(b, moe, pool, at);
    const sorted = { order: b.sorted.order, tiles: b.sorted.tiles };
    const weighInput = moe.weigh === 'input';
    windows(b, pool.gateUp, pool, (tensor, window, planes) =>
      b.add(
        expertMatmul({ ...formOf(b, tensor, pool.bias), role: 'gateUp', gate: moe.activation, weighInput }),
        { ...window, rows: pool.inner, xStride: strides.hidden, yStride: padCols(pool.inner), perToken },
        {
          ...planes,
          ...sorted,
          x: acts.normed,
          y: pool.y,
          ...(weighInput ? { routes } : {}),
          ...biasOf(b, pool, `${at}.expertGateUpBias`),
        },
        { indirect: expertGrid(b.sorted.args, 'gateUp') },
      ),
    );
    windows(b, pool.down, pool, (tensor, window, planes) =>
      b.add(
        expertMatmul({ ...formOf(b, tensor, pool.bias), role: 'down', gate: 'none', weighInput: false }),
        { ...window, rows: b.spec.hidden, xStride: padCols(pool.inner), yStride: strides.hidden, perToken },
        {
          ...planes,
          ...sorted,
          x: pool.y,
          y: acts.expertOut,
          ...biasOf(b, pool, `${at}.expertDownBias`),
        },
        { indirect: expertGrid(b.sorted.args, 'down') },
      ),
    );
  }
  b.add(
    expertCombine({ weigh: moe.weigh === 'output' }),
    { width: b.spec.hidden, stride: strides.hidden, outStride: strides.hidden, perToken },
    { out: acts.expertOut, routes, stream: b.stream },
  );
}

/** The post norm of an expert layer would have to wait for all its experts; no family has one. */
function refusePostNorm({ postNorms }: LayerSpec): void {
  if (postNorms) throw new Error('experts before a post norm');
}

/** Granite's residual multiplier rides on the weights, which multiply last. */
function chooseExperts(b: ProgramBuilder, moe: MoeFfnSpec, at: number): void {
  const { router, shared, topK, experts } = moe;
  const { score, bias, selectBias, groups, renormalise } = router;
  const { residualScale, hidden, normEps } = b.spec;
  if (moe.weigh === 'input' && residualScale !== 1)
    throw new Error('weighed inputs and a residual multiplier');
  const matrix = b.weights.get(`${at}.router`);
  const gatedShared = shared?.gated ?? false;
  b.add(
    route(
      {
        layout: matrix.layout,
        shape: b.shape,
        score,
        groups: groups?.score ?? 'none',
        bias,
        selectBias,
        gatedShared,
      },
      experts,
    ),
    {
      experts,
      topK,
      pieces: entriesOf(moe) - topK,
      groups: padCols(hidden) / 32,
      width: hidden,
      eps: normEps,
      groupCount: groups?.count ?? 1,
      groupKept: groups?.kept ?? 1,
      renormalise: renormalise === null ? 0 : 1,
      renormEps: renormalise ?? 0,
      scale: router.scale * residualScale,
      sharedScale: residualScale,
      xStride: b.strides.hidden,
    },
    {
      ...b.planes(onlyChunk(matrix)),
      x: b.stream,
      normWeight: b.vector(`${at}.ffnNorm`),
      ...(bias ? { bias: b.vector(`${at}.routerBias`) } : {}),
      ...(selectBias ? { selectBias: b.vector(`${at}.selectBias`) } : {}),
      routes: b.acts.routes[at]!,
    },
  );
}

function poolsOf(
  b: ProgramBuilder,
  { shared, topK, experts, inner, expertBias }: MoeFfnSpec,
  at: number,
): Pool[] {
  const pooled = shared?.pooled ?? 0;
  const routed: Pool = {
    gateUp: `${at}.expertGateUp`,
    down: `${at}.expertDown`,
    inner,
    idBase: 0,
    ids: experts + pooled,
    firstEntry: 0,
    entries: topK + pooled,
    bias: expertBias,
    y: b.acts.expertInner,
  };
  if (shared === null || pooled > 0) return [routed];
  const apart: Pool = {
    gateUp: `${at}.sharedGateUp`,
    down: `${at}.sharedDown`,
    inner: shared.inner,
    idBase: experts,
    ids: 1,
    firstEntry: topK,
    entries: 1,
    bias: false,
    y: b.acts.sharedInner,
  };
  return [routed, apart];
}

function formOf(b: ProgramBuilder, { layout }: GpuTensor, bias: boolean) {
  return { layout, shape: b.shape, bias };
}

/** A tensor's chunks, each with the slots it holds. Of a token's weights a chunk gives its share. */
function windows(
  b: ProgramBuilder,
  name: string,
  { ids, entries }: Pool,
  each: (
    tensor: GpuTensor,
    window: { groups: number; slotBase: number; slotCount: number },
    planes: Record<string, BufferRange>,
  ) => void,
): void {
  const tensor = b.weights.get(name);
  const rowsOfOne = tensor.rows / ids;
  const groups = padCols(tensor.cols) / 32;
  const window = (chunk: WeightChunk) => ({
    groups,
    slotBase: chunk.row / rowsOfOne,
    slotCount: chunk.rows / rowsOfOne,
  });
  // An expert is never cut; only a pool of one, a shared expert kept apart, may have been.
  const chunks = ids === 1 ? [onlyChunk(tensor)] : tensor.chunks;
  for (const chunk of chunks) each(tensor, window(chunk), b.planes(chunk, entries / ids));
}

function sortByExpert(b: ProgramBuilder, moe: MoeFfnSpec, pool: Pool, at: number): void {
  const { shape, sorted } = b;
  b.add(
    expertSort({ ids: pool.ids, tokens: b.acts.tokens }),
    {
      perToken: entriesOf(moe),
      idBase: pool.idBase,
      ids: pool.ids,
      tile: expertTile(shape),
      blocksGateUp: expertBlocks(shape, 'gateUp', pool.inner),
      blocksDown: expertBlocks(shape, 'down', b.spec.hidden),
    },
    { routes: b.acts.routes[at]!, slots: b.slots, ...sorted },
  );
}

function biasOf(b: ProgramBuilder, { bias, entries, ids }: Pool, name: string): Record<string, BufferRange> {
  return bias ? { bias: b.vector(name, entries / ids) } : {};
}
