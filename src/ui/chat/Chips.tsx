/** Files that go with a message, or went with it: name, and what they cost of the context. */
import { FileText, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Attachment } from '../../state/chat.ts';
import { say } from '../say.ts';

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
              onClick={() => onRemove(index)}
            >
              <X className="icon" aria-hidden="true" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Its name, and how many of the same name stand before it. */
function keyOf(attachments: readonly Attachment[], index: number): string {
  const name = attachments[index]?.name ?? '';
  return `${name} ${attachments.slice(0, index).filter((other) => other.name === name).length}`;
}
