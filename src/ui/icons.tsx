/** The few signs the page uses, drawn in the text's colour. They are decoration: the button has the words. */
import type { ReactNode } from 'react';
import { MARK_DOTS, MARK_SIDE } from './mark.ts';

export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox={`0 0 ${MARK_SIDE} ${MARK_SIDE}`} aria-hidden="true">
      {MARK_DOTS.map(({ x, y, r, lit }) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r={r} className={lit ? 'lit' : 'dim'} />
      ))}
    </svg>
  );
}

function Icon({ path }: { readonly path: string }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const SendIcon = (): ReactNode => <Icon path="M10 16V4.5M5 9.2l5-5 5 5" />;
export const StopIcon = (): ReactNode => <Icon path="M6 6h8v8h-8z" />;
export const CloseIcon = (): ReactNode => <Icon path="M5 5l10 10M15 5L5 15" />;
export const DownIcon = (): ReactNode => <Icon path="M10 4v11.5M5 10.8l5 5 5-5" />;
export const ChevronIcon = (): ReactNode => <Icon path="M6 8.5l4 4 4-4" />;
export const NewIcon = (): ReactNode => <Icon path="M10 4.5v11M4.5 10h11" />;
export const SettingsIcon = (): ReactNode => (
  <Icon path="M3.5 6.5h6m5 0h2M3.5 13.5h2m5 0h6M12 4.5v4M8 11.5v4" />
);
