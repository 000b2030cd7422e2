import type { ReactNode } from 'react';

interface ProgressProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Nothing moves it now. */
  readonly resting?: boolean;
}

/** A bar that moves by scaling, which costs the page no layout. Without a total it says only that work goes on. */
export function Progress({ label, done, total, resting = false }: ProgressProps): ReactNode {
  const known = total > 1;
  const share = known ? Math.min(1, done / total) : 0;
  return (
    <div
      className={`progress ${resting ? 'resting' : known ? '' : 'unknown'}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.floor(share * 100) : undefined}
    >
      <div className="progress-done" style={known ? { transform: `scaleX(${share})` } : undefined} />
    </div>
  );
}
