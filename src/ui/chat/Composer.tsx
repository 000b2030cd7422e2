import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';
import { SendIcon, StopIcon } from '../icons.tsx';
import { preloadMarkdown } from './Prose.tsx';

export function Composer(): ReactNode {
  const { chat, models } = useApp();
  const draft = useStore(chat.store, (s) => s.draft);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const loaded = useStore(models.store, (s) => s.loaded);
  const loading = useStore(models.store, (s) => s.loading !== null);
  const field = useRef<HTMLTextAreaElement>(null);

  useStopOnEscape();
  useEffect(() => {
    if (loading) preloadMarkdown();
  }, [loading]);
  useEffect(() => {
    if (loaded) field.current?.focus({ preventScroll: true });
  }, [loaded]);

  const canSend = loaded !== null && !busy && draft.trim() !== '';
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method composes a character, Enter chooses it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) chat.send();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) chat.send();
      }}
    >
      {/* The hidden twin of the text gives the field its height. */}
      <div className="grow" data-draft={draft}>
        <textarea
          ref={field}
          rows={1}
          value={draft}
          aria-label={say.chat.composer}
          aria-describedby="composer-keys"
          placeholder={
            loaded ? say.chat.placeholder : loading ? say.chat.placeholderLoading : say.chat.placeholderNone
          }
          onChange={({ currentTarget }) => chat.setDraft(currentTarget.value)}
          onKeyDown={keyDown}
        />
      </div>
      <SendOrStop canSend={canSend} />
      <p id="composer-keys" className="unseen">
        {say.chat.keys}
      </p>
    </form>
  );
}

function SendOrStop({ canSend }: { readonly canSend: boolean }): ReactNode {
  const { chat } = useApp();
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const stopping = useStore(chat.store, (s) => s.answering?.stopping === true);
  if (busy) {
    return (
      <button
        type="button"
        className="send"
        aria-label={stopping ? say.chat.stopping : say.chat.stop}
        disabled={stopping}
        onClick={chat.stop}
      >
        <StopIcon />
      </button>
    );
  }
  return (
    <button type="submit" className="send" aria-label={say.chat.send} disabled={!canSend}>
      <SendIcon />
    </button>
  );
}

function useStopOnEscape(): void {
  const { chat, view } = useApp();
  useEffect(() => {
    const keyDown = ({ key }: globalThis.KeyboardEvent): void => {
      // In a panel Escape closes the panel.
      if (key === 'Escape' && view.store.getState().panel === null) chat.stop();
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, [chat, view]);
}
