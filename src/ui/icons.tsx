/** The signs the page uses, in the text's colour. They are decoration: the button has the words. The mark is ours. */
import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  Cpu,
  PanelLeft,
  Plus,
  Settings2,
  Square,
  Waypoints,
  X,
  type LucideIcon,
} from 'lucide-react';
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

function drawn(Icon: LucideIcon): () => ReactNode {
  return () => <Icon className="icon" aria-hidden="true" />;
}

export const SendIcon = drawn(ArrowUp);
export const StopIcon = drawn(Square);
export const CloseIcon = drawn(X);
export const DownIcon = drawn(ArrowDown);
export const ChevronIcon = drawn(ChevronDown);
export const NewIcon = drawn(Plus);
export const SettingsIcon = drawn(Settings2);
export const SidebarIcon = drawn(PanelLeft);
export const ExpertsIcon = drawn(Waypoints);
export const DeviceIcon = drawn(Cpu);
