/** A new chat's own system prompt, given before its first question. */
import { Suspense, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { Guarded } from '../Guarded.tsx';
import { lazily } from '../lazily.tsx';
import { say } from '../say.ts';

const SystemPrompt = lazily(async () => (await import('../sidebar/SystemPrompt.tsx')).SystemPrompt);

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
      {open && (
        <Guarded onClose={() => setOpen(false)}>
          <Suspense>
            <SystemPrompt head={head} title="" onClose={() => setOpen(false)} />
          </Suspense>
        </Guarded>
      )}
    </>
  );
}
