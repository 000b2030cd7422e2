/** What a footnote says. It stands where the model wrote it, which is at the end. */
import type { ReactNode } from 'react';
import { say } from '../say.ts';

interface NoteProps {
  readonly label: string;
  readonly children: ReactNode;
}

export function Note({ label, children }: NoteProps): ReactNode {
  return (
    <div
      className="footnote"
      role="note"
      aria-label={say.chat.footnote(label)}
      data-note={label}
      tabIndex={-1}
    >
      <sup aria-hidden="true">{label}</sup>
      <div className="block">{children}</div>
    </div>
  );
}

/** Shows what a reference in the same conversation points at: the next such note below it. */
export function goToNote(from: HTMLElement, label: string): void {
  const notes = from.closest('.conversation')?.querySelectorAll<HTMLElement>('[data-note]') ?? [];
  const note = [...notes].find(
    (element) =>
      element.dataset['note'] === label &&
      (from.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );
  note?.scrollIntoView({ block: 'nearest' });
  note?.focus({ preventScroll: true });
}
