/**
 * Rows of W times many vectors, which matmul, the experts of a chunk and latent attention
 * need: tile_sums, whose files say what a kernel adds. The hardware shape lets 64 rows of
 * W and 32 or 64 vectors meet in workgroup memory; the software one is for emulators.
 */
import type { KernelShape } from '../card.ts';
import serialTile from './serialTile.wgsl?raw';
import tile from './tile.wgsl?raw';

export function tileProduct(shape: KernelShape): string {
  return shape === 'software' ? serialTile : tile;
}
