/**
 * expertSort: which tokens each expert has, so that a chunk's experts are one grouped
 * product of as many workgroups as there is work: a stable counting sort of the entries
 * of `routes` by expert, cut into tiles of one expert each, and the grids of the two
 * products, left where an indirect dispatch finds them. An expert without tokens has no
 * tile. Left out are ids outside [idBase, idBase + ids) and those with no slot.
 *
 * A token names an expert at most once.
 */
import type { BufferRange } from '../gpu/index.ts';
import type { KernelCard, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import type { ExpertRole } from './expertMatmul.ts';
import expertSort_wgsl from './expertSort.wgsl?raw';

const PARAMS: readonly ParamField[] = [
  { name: 'perToken', type: 'u32' }, // entries of a token
  { name: 'idBase', type: 'u32' },
  { name: 'ids', type: 'u32' },
  { name: 'tile', type: 'u32' }, // entries a tile holds at most: expertTile
  { name: 'blocksGateUp', type: 'u32' }, // workgroups a tile needs: expertBlocks
  { name: 'blocksDown', type: 'u32' },
];

const BINDINGS: readonly TypedBinding[] = [
  { name: 'routes', access: 'read', shape: '[tokens, perToken] of (id, weight bits)', element: 'vec2<u32>' },
  { name: 'slots', access: 'read', shape: '[ids], 0xffffffff where there is none', element: 'u32' },
  { name: 'order', access: 'read_write', shape: '[tokens*perToken] entries', element: 'u32' },
  {
    name: 'tiles',
    access: 'read_write',
    shape: '[mostExpertTiles] of (id - idBase, slot, first in order, count)',
    element: 'vec4<u32>',
  },
  { name: 'args', access: 'read_write', shape: '[8], a grid of gateUp and one of down', element: 'u32' },
];

/** Of 32 tokens each, in the longest chunk it sorts. */
const MOST_WORDS = 16;
/** Ids it takes at a time: each has a thread. */
const MOST_IDS = 128;

/** Bytes of `args`; its buffer needs INDIRECT usage too. */
export const EXPERT_ARGS_BYTES = 32;

/** What it has room for: the ids it takes at a time, and a chunk's tokens. */
export interface ExpertSortRoom {
  readonly ids: number;
  readonly tokens: number;
}

/** Takes more ids in several turns. Throws, when launched, where the step has more than `tokens`. */
export function expertSort({ ids, tokens }: ExpertSortRoom): KernelCard {
  const words = Math.ceil(tokens / 32);
  if (words > MOST_WORDS) throw new Error(`expertSort of ${tokens} tokens`);
  return {
    name: 'expertSort',
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: true,
    wgsl: [declare(PARAMS, BINDINGS, true), expertSort_wgsl].join('\n'),
    constants: { IDS: Math.min(ids, MOST_IDS), WORDS: words },
    needs: [],
    grid: (_, step) => {
      if (step > words * 32) throw new Error(`expertSort of ${step} tokens, room for ${words * 32}`);
      return [1, 1, 1];
    },
  };
}

/** Tiles that `entries` can make: each of the ids may leave one of them unfilled. */
export function mostExpertTiles(entries: number, ids: number, tile: number): number {
  return Math.floor(entries / tile) + Math.min(ids, entries);
}

/** Where `args` holds the grid of one of the two products. */
export function expertGrid(args: BufferRange, role: ExpertRole): BufferRange {
  return { buffer: args.buffer, offset: args.offset + (role === 'gateUp' ? 0 : 16), size: 12 };
}
