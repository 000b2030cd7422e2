/** The cases of expertSort: few and many ids, shared pieces, pools with gaps, one expert for all. */
import type { KernelCase, KernelSuite } from './card.ts';
import {
  packRoutes,
  packTiles,
  plainSort,
  randomRoutes,
  randomSlots,
  type Routes,
} from './expertMatmul/plain.ts';
import { expertSort, mostExpertTiles } from './expertSort.ts';
import { seededRandom } from './quant/plain.ts';

interface Shape {
  readonly title: string;
  readonly tokens: number;
  readonly experts: number;
  readonly topK: number;
  readonly shared?: number;
  readonly tile: number;
  /** The ids the pool is for; all of them where not given. */
  readonly idBase?: number;
  readonly ids?: number;
  /** Ids of the pool without a slot. */
  readonly absent?: readonly number[];
  readonly routes?: Routes;
}

/** What no kernel wrote: no entry, slot or count. */
const UNTOUCHED = 0xdeadbeef;

function sortCase(shape: Shape, seed: number): KernelCase {
  const { tokens, experts, topK, shared = 0, tile, idBase = 0, absent = [] } = shape;
  const random = seededRandom(seed);
  const perToken = topK + shared;
  const ids = shape.ids ?? experts + shared - idBase;
  const routes = shape.routes ?? randomRoutes({ tokens, experts, topK, shared }, random);
  const slots = randomSlots(ids, ids + 3, absent, random);
  const params = { perToken, idBase, ids, tile, blocksGateUp: 5, blocksDown: 9 };
  const most = mostExpertTiles(tokens * perToken, ids, tile);
  return {
    title: `${shape.title}: ${tokens} tokens, ${perToken} of ${experts}${shared > 0 ? ` + ${shared}` : ''}`,
    card: expertSort({ ids, tokens }),
    params,
    step: { position: 11, tokens, seed: 0 },
    tokens,
    buffers: {
      routes: packRoutes(routes),
      slots,
      order: new Uint32Array(tokens * perToken).fill(UNTOUCHED),
      tiles: new Uint32Array(most * 4).fill(UNTOUCHED),
      args: new Uint32Array(8).fill(UNTOUCHED),
    },
    reference() {
      const sorted = plainSort(routes, slots, params);
      const order = new Uint32Array(tokens * perToken).fill(UNTOUCHED);
      order.set(sorted.order);
      const tiles = new Uint32Array(most * 4).fill(UNTOUCHED);
      tiles.set(packTiles(sorted.tiles));
      const count = sorted.tiles.length;
      return { order, tiles, args: Uint32Array.of(5, count, 1, 0, 9, count, 1, 0) };
    },
    tolerance: { nmse: 0, maxAbs: 0 },
  };
}

const one = (id: number) => [{ id, weight: 1 }];

export const expertSortSuite: KernelSuite = {
  name: 'expertSort',
  cases: () =>
    [
      { title: 'one token', tokens: 1, experts: 5, topK: 2, tile: 16 },
      { title: 'shared pieces', tokens: 7, experts: 12, topK: 3, shared: 2, tile: 4 },
      { title: 'more ids than a block', tokens: 70, experts: 130, topK: 6, shared: 1, tile: 16 },
      { title: 'ids in two blocks exactly', tokens: 33, experts: 256, topK: 8, tile: 32 },
      { title: 'the longest chunk', tokens: 512, experts: 60, topK: 4, shared: 4, tile: 32 },
      { title: 'the most of all', tokens: 512, experts: 1024, topK: 32, shared: 8, tile: 16, ids: 1024 },
      { title: 'every expert', tokens: 65, experts: 12, topK: 12, tile: 16 },
      {
        title: 'all on one expert, full tiles',
        tokens: 64,
        experts: 12,
        topK: 1,
        tile: 16,
        routes: Array.from({ length: 64 }, () => one(7)),
      },
      {
        title: 'all on one expert, one more than full tiles',
        tokens: 65,
        experts: 12,
        topK: 1,
        tile: 16,
        routes: Array.from({ length: 65 }, () => one(11)),
      },
      {
        title: 'experts that are not there',
        tokens: 20,
        experts: 12,
        topK: 4,
        tile: 16,
        absent: [0, 3, 4, 11],
      },
      { title: 'the shared ones’ pool', tokens: 19, experts: 12, topK: 2, shared: 2, tile: 16, idBase: 12 },
      { title: 'some ids in the middle', tokens: 40, experts: 60, topK: 5, tile: 4, idBase: 20, ids: 9 },
      { title: 'nothing to do', tokens: 3, experts: 5, topK: 2, tile: 16, absent: [0, 1, 2, 3, 4] },
    ].map((shape, i) => sortCase(shape, i + 1)),
};
