/** One conversation of the list: opening it, renaming it in place, and the menu of what else can be done. */
import { memo, Suspense, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { Ellipsis, Pin } from 'lucide-react';
import { useStore } from 'zustand';
import type { Excerpt, Head } from '../../state/conversations.ts';
import { useApp } from '../appContext.ts';
import { lazily } from '../lazily.tsx';
import { say } from '../say.ts';
import type { Asked } from './ItemMenu.tsx';
import { SystemPrompt } from './SystemPrompt.tsx';

const ItemMenu = lazily(async () => (await import('./ItemMenu.tsx')).ItemMenu);

interface ItemProps {
  readonly head: Head;
  readonly excerpt: Excerpt | null;
  /** Where Tab stops. */
  readonly reached: boolean;
  readonly onChosen: () => void;
}

export const ListItem = memo(function ListItem({ head, excerpt, reached, onChosen }: ItemProps): ReactNode {
  const { chat, conversations } = useApp();
  const open = useStore(chat.store, (s) => s.conversation.id === head.id);
  const speaking = useStore(chat.store, (s) => (s.answering ? s.conversation.id : s.elsewhere) === head.id);
  const [doing, setDoing] = useState<'rename' | 'system' | null>(null);
  const title = head.title === '' ? say.conversations.untitled : head.title;
  /** The keys that ended it were pressed here: the focus stays with the conversation. */
  const [back, setBack] = useState(false);
  const end = (): void => setDoing(null);
  const opener = useRef<HTMLButtonElement>(null);
  const endSystem = (): void => {
    end();
    // The menu it was opened from is gone; once the dialog is too, the focus is the conversation's.
    requestAnimationFrame(() => opener.current?.focus());
  };
  const choose = (): void => {
    if (!open) void conversations.open(head.id);
    onChosen();
  };
  if (doing === 'rename') {
    const endHere = (byKey: boolean): void => {
      setBack(byKey);
      end();
    };
    return <Rename head={head} onEnd={endHere} />;
  }
  return (
    <div className={`item ${open ? 'open' : ''}`}>
      <button
        ref={opener}
        type="button"
        className="quiet item-open"
        data-conversation={head.id}
        autoFocus={back}
        aria-current={open ? 'page' : undefined}
        tabIndex={reached ? 0 : -1}
        onClick={choose}
      >
        <span className="item-title">{title}</span>
        {excerpt && (
          <span className="item-excerpt">
            {excerpt.before}
            <mark>{excerpt.match}</mark>
            {excerpt.after}
          </span>
        )}
      </button>
      {speaking && <span className="alive-dot" role="img" aria-label={say.conversations.speaking} />}
      {head.pinned && <Pin className="icon pinned" aria-hidden="true" />}
      <MenuButton
        head={head}
        title={title}
        reached={reached}
        onRename={() => setDoing('rename')}
        onSystem={() => setDoing('system')}
      />
      {doing === 'system' && <SystemPrompt head={head} title={title} onClose={endSystem} />}
    </div>
  );
});

interface MenuButtonProps {
  readonly head: Head;
  readonly title: string;
  readonly reached: boolean;
  readonly onRename: () => void;
  readonly onSystem: () => void;
}

/** The menu's code is fetched at the first press of any of these buttons. */
function MenuButton({ head, title, reached, onRename, onSystem }: MenuButtonProps): ReactNode {
  const [asked, setAsked] = useState<Asked | null>(null);
  const button = (
    <button
      type="button"
      className="quiet round item-more"
      aria-label={say.conversations.options(title)}
      aria-haspopup="menu"
      tabIndex={reached ? 0 : -1}
      onClick={({ currentTarget, detail }) =>
        // A click by a key counts no presses of a pointer.
        setAsked({ within: currentTarget.closest<HTMLElement>('dialog, nav'), byKey: detail === 0 })
      }
    >
      <Ellipsis className="icon" aria-hidden="true" />
    </button>
  );
  if (!asked) return button;
  return (
    <Suspense fallback={button}>
      <ItemMenu
        head={head}
        title={title}
        asked={asked}
        reached={reached}
        onRename={onRename}
        onSystem={onSystem}
      />
    </Suspense>
  );
}

interface RenameProps {
  readonly head: Head;
  readonly onEnd: (byKey: boolean) => void;
}

function Rename({ head, onEnd }: RenameProps): ReactNode {
  const { conversations } = useApp();
  const rename = (form: HTMLFormElement, byKey: boolean): void => {
    const field = form.elements.namedItem('title');
    if (field instanceof HTMLInputElement && field.value.trim() !== head.title)
      void conversations.rename(head.id, field.value);
    onEnd(byKey);
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    rename(event.currentTarget, true);
  };
  return (
    <form
      className="item renaming"
      onSubmit={submit}
      onBlur={({ currentTarget }) => rename(currentTarget, false)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onEnd(true);
      }}
    >
      <input
        name="title"
        autoFocus
        aria-label={say.conversations.renameLabel}
        defaultValue={head.title}
        maxLength={200}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
    </form>
  );
}
