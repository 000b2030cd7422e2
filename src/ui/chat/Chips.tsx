/** Files that go with a message, or went with it: name, and what they cost of the context. */
import { FileText, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { Attachment } from '../../state/chat.ts';
import { say } from '../say.ts';
import { focusField, isByKey } from './focus.ts';

interface ChipsProps {
  readonly label: string;
  readonly attachments: readonly Attachment[];
  /** Where they can still be taken back. */
  readonly onRemove?: (index: number) => void;
}

export function Chips({ label, attachments, onRemove }: ChipsProps): ReactNode {
  if (attachments.length === 0) return null;
  return (
    <ul className="chips" aria-label={label}>
      {attachments.map(({ name, tokens, bytes }, index) => (
        <li className="chip" key={keyOf(attachments, index)}>
          <FileText className="icon" aria-hidden="true" />
          <span className="chip-name">{name}</span>
          <span className="facts">{say.chat.attachment(tokens, bytes)}</span>
          {onRemove && (
            <button
              type="button"
              className="quiet small sign"
              aria-label={say.chat.detach(name)}
              onClick={({ currentTarget, detail }) => {
                const list = currentTarget.closest('ul');
                flushSync(() => onRemove(index));
                if (isByKey(detail)) focusBeside(list, index);
              }}
            >
              <X className="icon" aria-hidden="true" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** On the one that took its place, or the last; where none is left, on the field. */
function focusBeside(list: HTMLElement | null, index: number): void {
  const buttons = list?.isConnected === true ? [...list.querySelectorAll('button')] : [];
  const beside = buttons[Math.min(index, buttons.length - 1)];
  if (beside) beside.focus();
  else focusField();
}

/** Its name, and how many of the same name stand before it. */
function keyOf(attachments: readonly Attachment[], index: number): string {
  const name = attachments[index]?.name ?? '';
  return `${name} ${attachments.slice(0, index).filter((other) => other.name === name).length}`;
}
