/** One figure of `npm run bench`. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Who else was measured in the same run, its value, and its time over ours. */
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
}
