/** Shoal's mark: a loose cluster of dots, three of them lit. On a 24 × 24 field. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly lit: boolean;
}

export const MARK_SIDE = 24;

const lit = (x: number, y: number, r: number): Dot => ({ x, y, r, lit: true });
const dim = (x: number, y: number, r: number): Dot => ({ x, y, r, lit: false });

export const MARK_DOTS: readonly Dot[] = [
  lit(8.6, 7.2, 2.6),
  lit(15.4, 11.4, 2.9),
  lit(8.9, 15, 2.5),
  dim(3.4, 11.4, 1.7),
  dim(14.6, 4.2, 1.7),
  dim(20.8, 6.6, 1.5),
  dim(14.6, 19, 1.8),
  dim(20.6, 16.6, 1.6),
  dim(4.6, 19.4, 1.4),
];
