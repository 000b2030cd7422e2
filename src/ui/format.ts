/** Numbers as people read them: sizes as the disk shows them (1 GB is 10⁹ bytes). */

export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(bytes >= 1e11 ? 0 : bytes >= 1e10 ? 1 : 2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e7 ? 0 : 1)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** Both in the unit of the whole: "1.20 of 4.10 GB". */
export function sizeOf(done: number, total: number): string {
  const [unit, scale, digits] =
    total >= 1e9
      ? (['GB', 1e9, 2] as const)
      : total >= 1e6
        ? (['MB', 1e6, 0] as const)
        : (['kB', 1e3, 0] as const);
  return `${(done / scale).toFixed(digits)} of ${(total / scale).toFixed(digits)} ${unit}`;
}

export function speed(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`;
}

/** Rounded to what a person plans with. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** '' where there are no steps to count. */
export function percent(done: number, total: number): string {
  return total > 1 ? `${Math.min(100, Math.floor((100 * done) / total))} %` : '';
}

/** Three significant digits, never more than one decimal past ten. */
export function rate(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Milliseconds as seconds. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
