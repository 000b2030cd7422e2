import { useEffect, useState, type ReactNode } from 'react';
import { say } from '../say.ts';

const SAID_FOR_MS = 1600;

interface CopyButtonProps {
  readonly label: string;
  /** Asked only when clicked. */
  readonly text: (button: HTMLButtonElement) => string;
}

export function CopyButton({ label, text }: CopyButtonProps): ReactNode {
  const [told, setTold] = useState<string | null>(null);
  useEffect(() => {
    if (told === null) return undefined;
    const timer = setTimeout(() => setTold(null), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [told]);

  // Over plain http there is no clipboard; the text can still be selected.
  if (!('clipboard' in navigator)) return null;
  return (
    <button
      type="button"
      className="quiet small copy"
      onClick={({ currentTarget }) => {
        void navigator.clipboard.writeText(text(currentTarget)).then(
          () => setTold(say.chat.copied),
          () => setTold(say.chat.notCopied),
        );
      }}
    >
      {told ?? label}
    </button>
  );
}
