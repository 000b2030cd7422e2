export interface RowDifference {
  /** Over rows, the largest norm(got - want) / norm(want). */
  readonly relative: number;
  /** The largest |got - want|. */
  readonly maxAbs: number;
  /** The row of the largest relative difference. */
  readonly row: number;
}

/** How far `got` is from `want`, both [rows, cols]. NaN anywhere gives Infinity. */
export function compareRows(got: Float32Array, want: Float32Array, cols: number): RowDifference {
  if (got.length !== want.length) throw new RangeError(`${got.length} values against ${want.length}`);
  let worst: RowDifference = { relative: 0, maxAbs: 0, row: -1 };
  for (let row = 0; row * cols < want.length; row += 1) {
    let [squares, total, maxAbs] = [0, 0, 0];
    for (let i = row * cols; i < (row + 1) * cols; i += 1) {
      const difference = Math.abs((got[i] ?? NaN) - (want[i] ?? NaN));
      squares += difference ** 2;
      total += (want[i] ?? NaN) ** 2;
      maxAbs = Math.max(maxAbs, difference);
    }
    const ratio = Math.sqrt(squares / total);
    const relative = Number.isNaN(ratio) ? Infinity : ratio;
    const larger = relative > worst.relative;
    worst = {
      relative: larger ? relative : worst.relative,
      maxAbs: Math.max(worst.maxAbs, Number.isNaN(maxAbs) ? Infinity : maxAbs),
      row: larger ? row : worst.row,
    };
  }
  return worst;
}
