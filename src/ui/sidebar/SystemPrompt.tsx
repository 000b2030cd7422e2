/** What the model is told first in one conversation. */
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Head } from '../../state/conversations.ts';
import { useApp } from '../appContext.ts';
import { Dialog } from '../Dialog.tsx';
import { say } from '../say.ts';

interface SystemPromptProps {
  readonly head: Head;
  /** '' of a new chat, which has none. */
  readonly title: string;
  readonly onClose: () => void;
}

export function SystemPrompt({ head, title, onClose }: SystemPromptProps): ReactNode {
  const { conversations, settings } = useApp();
  const usual = useStore(settings.store, (s) => s.systemPrompt);
  const words = say.conversations;
  const field = useRef<HTMLTextAreaElement>(null);
  // A dialog that opens gives the focus to its first button.
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const set = (prompt: string | null): void => {
    conversations.setSystemPrompt(prompt, head.id);
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    set(field.current?.value ?? '');
  };
  return (
    <Dialog title={words.system} kind="confirm" onClose={onClose}>
      <form className="field" onSubmit={submit}>
        <textarea
          rows={6}
          ref={field}
          aria-label={words.system}
          aria-describedby="system-prompt-hint"
          defaultValue={head.systemPrompt ?? usual}
        />
        <p id="system-prompt-hint" className="facts">
          {title === '' ? words.systemHintNew : words.systemHint(title)}
        </p>
        <div className="row end wrap">
          {head.systemPrompt !== null && (
            <button type="button" className="quiet" onClick={() => set(null)}>
              {words.systemDefault}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {words.cancel}
          </button>
          <button type="submit" className="strong">
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
