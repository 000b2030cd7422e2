import { useEffect, useState, type ReactNode } from 'react';
import { say } from '../say.ts';

const SAID_FOR_MS = 1600;

interface CopyButtonProps {
  readonly label: string;
  /** Asked only when clicked. */
  readonly text: (button: HTMLButtonElement) => string;
}

export function CopyButton({ label, text }: CopyButtonProps): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  // Over plain http there is no clipboard; the text can still be selected.
  if (!('clipboard' in navigator)) return null;
  return (
    <button
      type="button"
      className="quiet small copy"
      onClick={({ currentTarget }) => {
        void navigator.clipboard.writeText(text(currentTarget)).then(() => setCopied(true));
      }}
    >
      {copied ? say.chat.copied : label}
    </button>
  );
}
