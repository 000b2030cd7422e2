/**
 * A matrix per head times that head's vectors, which both halves of latent attention
 * need: W is [heads · rows, columns]. The kernel that uses it gives
 *   head_rows() -> u32                                rows of a head
 *   input_quad(token, head, v) -> vec4<f32>           four columns, zeros past the end
 *   output_scale(token) -> f32                        what its sums are multiplied by
 *   write_output(token, head, row, value)
 * and calls head_product(workgroup, thread): workgroup.y is the head, z the tokens' tile.
 */
import type { KernelShape } from '../card.ts';
import { tileProduct } from '../product/tile.ts';
import manyHardware from './manyHardware.wgsl?raw';
import manySoftware from './manySoftware.wgsl?raw';
import oneHardware from './oneHardware.wgsl?raw';
import oneSoftware from './oneSoftware.wgsl?raw';

export interface HeadProduct {
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Workgroups over a head's rows, and over tokens. */
  blocks(rows: number): number;
  tiles(tokens: number): number;
}

/** Columns a vector of one token may have: it is held in workgroup memory. */
const MAX_COLUMNS = 512;
const THREADS: Readonly<Record<KernelShape, number>> = { hardware: 64, software: 32 };

/**
 * For vectors of up to `groups` times 32 columns. `lanes` threads share a row on hardware:
 * about its groups, a power of two from 4.
 */
export function oneTokenProduct(shape: KernelShape, lanes: number, groups: number): HeadProduct {
  const threads = THREADS[shape];
  const teams = threads / lanes;
  const rowsOf = 4 * (shape === 'hardware' ? teams : threads);
  return {
    wgsl: shape === 'hardware' ? oneHardware : oneSoftware,
    constants:
      shape === 'hardware' ? { LANES: lanes, TEAMS: teams } : { THREADS: threads, STAGED: 8 * groups },
    blocks: (rows) => Math.ceil(rows / rowsOf),
    tiles: () => 1,
  };
}

/** Throws where a vector is longer than a one-token product holds. */
export function checkColumns(kernel: string, groups: number): void {
  if (groups * 32 > MAX_COLUMNS) throw new Error(`${kernel}: ${groups * 32} columns of ${MAX_COLUMNS}`);
}

export function manyTokenProduct(shape: KernelShape): HeadProduct {
  const rowsOf = shape === 'hardware' ? 64 : 128;
  const tokensOf = shape === 'hardware' ? 32 : 16;
  return {
    wgsl: [tileProduct(shape), shape === 'hardware' ? manyHardware : manySoftware].join('\n'),
    constants: {},
    blocks: (rows) => Math.ceil(rows / rowsOf),
    tiles: (tokens) => Math.ceil(tokens / tokensOf),
  };
}
