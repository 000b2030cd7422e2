/** A list of any length, drawn only where it is seen. Fetched when a list has become long. */
import { useImperativeHandle, useRef, type ReactElement, type ReactNode, type Ref } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Row } from './groups.ts';

/** Brings a row into view. */
export type ScrollTo = (index: number) => void;

interface LongListProps {
  readonly rows: readonly Row[];
  readonly draw: (row: Row) => ReactNode;
  /** Where Tab stops: it may have the focus, so it stays drawn out of sight too. */
  readonly reached: string | null;
  readonly scrollTo: Ref<ScrollTo>;
}

export function LongList({ rows, draw, reached, scrollTo }: LongListProps): ReactNode {
  const list = useRef<VirtualizerHandle>(null);
  useImperativeHandle(
    scrollTo,
    () => (index) => list.current?.scrollToIndex(index, { align: 'nearest' }),
    [],
  );
  const kept = rows.findIndex(({ key }) => key === reached);
  return (
    <Virtualizer ref={list} keepMounted={kept < 0 ? [] : [kept]} as="ul" item="li" data={rows}>
      {(row): ReactElement => <div key={row.key}>{draw(row)}</div>}
    </Virtualizer>
  );
}
