/** A new chat's own system prompt, given before its first question. */
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

const SystemPrompt = lazy(async () => ({
  default: (await import('../sidebar/SystemPrompt.tsx')).SystemPrompt,
}));

export function NewChatPrompt(): ReactNode {
  const { chat } = useApp();
  const head = useStore(chat.store, (s) => s.conversation);
  const [open, setOpen] = useState(false);
  return (
    <>
      <p className="facts">
        <button type="button" className="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {head.systemPrompt === null ? say.conversations.system : say.conversations.systemOwn}
        </button>
      </p>
      <Suspense>{open && <SystemPrompt head={head} title="" onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
