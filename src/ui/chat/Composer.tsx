import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { SendIcon, StopIcon } from '../icons.tsx';
import { say } from '../say.ts';
import { Finished } from './Finished.tsx';
import { AttachButton, Attachments } from './Attachments.tsx';
import { focusField, focusToWrite, isByKey } from './focus.ts';
import { isModalOpen } from '../useModal.ts';
import { useWho } from '../useWho.ts';
import { isComposing } from './isComposing.ts';
import { preloadConversation } from './later.ts';

export function Composer(): ReactNode {
  const { chat } = useApp();
  const draft = useStore(chat.store, (s) => s.draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const { canSend, send } = useSending();
  const placeholder = usePlaceholder();

  useStopOnEscape();
  useReadiness(field);

  const keyDown = useKeys(draft, send);

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Attachments />
      <div className="composer-line">
        <AttachButton />
        {/* The hidden twin of the text gives the field its height. */}
        <div className="grow" data-draft={draft}>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={draft}
            aria-label={say.chat.composer}
            aria-describedby="composer-keys"
            placeholder={placeholder}
            onChange={({ currentTarget }) => chat.setDraft(currentTarget.value)}
            onKeyDown={keyDown}
            onPaste={(event) => {
              const files = [...event.clipboardData.files];
              if (files.length === 0) return;
              event.preventDefault();
              void chat.attach(files);
            }}
          />
        </div>
        <SendOrStop canSend={canSend} />
      </div>
      <Finished />
      <p id="composer-keys" className="unseen">
        {say.chat.keys}
      </p>
    </form>
  );
}

/** Enter sends; the up arrow in an empty field edits what was asked last. */
function useKeys(draft: string, send: () => void): (event: KeyboardEvent<HTMLTextAreaElement>) => void {
  const { chat } = useApp();
  const who = useWho();
  return (event) => {
    if (isComposing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === 'ArrowUp' && draft === '' && !event.altKey && !event.metaKey && !event.ctrlKey) {
      const { messages, answering } = chat.store.getState();
      const asked = messages.findLast(({ role }) => role === 'user');
      if (!asked || answering || who === 'nobody') return;
      event.preventDefault();
      chat.edit(asked.id);
    }
  };
}

/** A question may be sent while a model loads: it waits for it. Where none is, sending it leads to them. */
function useSending(): { canSend: boolean; send: () => void } {
  const { chat, view } = useApp();
  const who = useWho();
  const something = useStore(chat.store, (s) => s.draft.trim() !== '' || s.attachments.length > 0);
  const busy = useStore(chat.store, (s) => s.answering !== null);
  const canSend = who !== 'nobody' && !busy && something;
  function send(): void {
    if (canSend) chat.send();
    else if (who === 'nobody' && something) view.open('models');
  }
  return { canSend, send };
}

function usePlaceholder(): string {
  const { boot, models } = useApp();
  const coming = useStore(boot.store, (s) => s.coming);
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  const loading = useStore(models.store, (s) => s.loading !== null) || coming;
  if (loaded) return say.chat.placeholder;
  return loading ? say.chat.placeholderLoading : say.chat.placeholderNone;
}

/** The code that draws answers is fetched while the model loads; then the field waits for words. */
function useReadiness(field: { readonly current: HTMLTextAreaElement | null }): void {
  const { models } = useApp();
  const loaded = useStore(models.store, (s) => s.loaded);
  const loading = useStore(models.store, (s) => s.loading !== null);
  useEffect(() => {
    if (loading) preloadConversation();
  }, [loading]);
  useEffect(() => {
    // Who writes elsewhere meanwhile, or goes through a menu, stays there.
    const busy = document.activeElement?.closest('input, textarea, select, [role=menu]');
    if (loaded && !busy) field.current?.focus({ preventScroll: true });
  }, [loaded, field]);
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
        onClick={({ detail }) => {
          // The second click of a double click on the button that was here to send.
          if (detail === 2) return;
          chat.stop();
          // By a key: this button can't be pressed again until something was written.
          if (isByKey(detail)) focusField();
        }}
      >
        <StopIcon />
      </button>
    );
  }
  return (
    <button
      type="submit"
      className="send"
      aria-label={say.chat.send}
      disabled={!canSend}
      onClick={({ detail }) => focusToWrite(detail)}
    >
      <SendIcon />
    </button>
  );
}

function useStopOnEscape(): void {
  const { chat, view } = useApp();
  useEffect(() => {
    const keyDown = ({ key, defaultPrevented }: globalThis.KeyboardEvent): void => {
      // In a panel, or any dialog, Escape closes that.
      const over = view.store.getState().panel !== null || isModalOpen();
      if (key === 'Escape' && !defaultPrevented && !over) chat.stop();
    };
    addEventListener('keydown', keyDown);
    return () => removeEventListener('keydown', keyDown);
  }, [chat, view]);
}
