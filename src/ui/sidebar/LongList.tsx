/** A list of any length, drawn only where it is seen. Fetched when a list has become long. */
import { useImperativeHandle, useRef, type ReactElement, type ReactNode, type Ref } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Row } from './groups.ts';

/** Brings a row into view. */
export type ScrollTo = (index: number) => void;

interface LongListProps {
  readonly rows: readonly Row[];
  readonly draw: (row: Row) => ReactNode;
  readonly scrollTo: Ref<ScrollTo>;
}

export function LongList({ rows, draw, scrollTo }: LongListProps): ReactNode {
  const list = useRef<VirtualizerHandle>(null);
  useImperativeHandle(
    scrollTo,
    () => (index) => list.current?.scrollToIndex(index, { align: 'nearest' }),
    [],
  );
  return (
    <Virtualizer ref={list} as="ul" item="li" data={rows}>
      {(row): ReactElement => <div key={row.key}>{draw(row)}</div>}
    </Virtualizer>
  );
}
