/** Bytes, speed and the pace at which an import speaks of them. */
export interface ImportProgress {
  readonly modelId: string;
  readonly title: string;
  /** Of the source files. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Bytes per second over the last seconds; 0 while unknown. */
  readonly speed: number;
}

export interface ProgressMeter {
  /** Bytes that came for a record still in work. */
  received(bytes: number): void;
  /** A record of this many source bytes is stored. */
  stored(bytes: number): void;
  /** A record of this many source bytes was there already. */
  skipped(bytes: number): void;
}

/** Speed is taken over this long. */
const WINDOW_MS = 3000;
/** The page is told no more often than this, but always of the end. */
const TELL_MS = 100;

export function progressMeter(
  about: Pick<ImportProgress, 'modelId' | 'title' | 'totalBytes'>,
  tell: (progress: ImportProgress) => void,
  now: () => number = () => performance.now(),
): ProgressMeter {
  let finished = 0;
  let skippedBytes = 0;
  let inWork = 0;
  let told = -Infinity;
  const marks: { at: number; bytes: number }[] = [{ at: now(), bytes: 0 }];

  const report = (): void => {
    const at = now();
    const doneBytes = Math.min(about.totalBytes, skippedBytes + finished + inWork);
    if (at - told < TELL_MS && doneBytes < about.totalBytes) return;
    told = at;
    marks.push({ at, bytes: finished + inWork });
    while (marks.length > 2 && (marks[1]?.at ?? at) <= at - WINDOW_MS) marks.shift();
    const first = marks[0] ?? { at, bytes: 0 };
    const speed =
      at > first.at ? Math.max(0, ((finished + inWork - first.bytes) * 1000) / (at - first.at)) : 0;
    tell({ ...about, doneBytes, speed });
  };

  return {
    received(bytes) {
      inWork += bytes;
      report();
    },
    stored(bytes) {
      finished += bytes;
      // Sources that don't tell of their bytes leave nothing to take back.
      inWork = Math.max(0, inWork - bytes);
      report();
    },
    skipped(bytes) {
      skippedBytes += bytes;
      report();
    },
  };
}
