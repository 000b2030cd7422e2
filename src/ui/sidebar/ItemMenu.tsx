/** What can be done with a conversation of the list. Open from the start: it is fetched when it is asked for. */
import * as Menu from '@radix-ui/react-dropdown-menu';
import { Ellipsis } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Head } from '../../state/conversations.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

/** How the menu was first asked for. */
export interface Asked {
  /** The column, or the modal drawer, it is opened in: a drawer lies over everything else. */
  readonly within: HTMLElement | null;
  readonly byKey: boolean;
}

interface MenuProps {
  readonly head: Head;
  readonly title: string;
  readonly asked: Asked;
  readonly reached: boolean;
  readonly onRename: () => void;
  readonly onSystem: () => void;
}

export function ItemMenu({ head, title, asked, reached, onRename, onSystem }: MenuProps): ReactNode {
  const { conversations } = useApp();
  const [open, setOpen] = useState(true);
  /** Takes the focus itself, so that it does not go back to the button. */
  const moves = useRef(false);
  const first = useRef<HTMLDivElement>(null);
  // The key was pressed before this code was here to see it: its user stands on the first item.
  useEffect(() => {
    const frame = requestAnimationFrame(() => asked.byKey && first.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [asked]);
  const words = say.conversations;
  const exportAs = (as: 'markdown' | 'json'): void =>
    void conversations.exportOne(head.id, as, { ...words.markdown, guide: say.guide.name });
  const then = (act: () => void) => (): void => {
    moves.current = true;
    act();
  };
  const remove = async (): Promise<void> => {
    const beside = besideOf(head.id);
    await conversations.remove(head.id);
    beside?.focus();
  };
  return (
    <Menu.Root open={open} onOpenChange={setOpen} modal={false}>
      <Menu.Trigger
        className="quiet round item-more"
        aria-label={words.options(title)}
        tabIndex={reached ? 0 : -1}
      >
        <Ellipsis className="icon" aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal container={asked.within}>
        <Menu.Content
          className="menu"
          align="end"
          collisionPadding={8}
          onCloseAutoFocus={(event) => moves.current && event.preventDefault()}
        >
          <Menu.Item ref={first} onSelect={then(onRename)}>
            {words.rename}
          </Menu.Item>
          <Menu.Item onSelect={() => conversations.pin(head.id, !head.pinned)}>
            {head.pinned ? words.unpin : words.pin}
          </Menu.Item>
          <Menu.Item onSelect={then(onSystem)}>{words.system}</Menu.Item>
          <Menu.Separator />
          <Menu.Item onSelect={() => exportAs('markdown')}>{words.exportMarkdown}</Menu.Item>
          <Menu.Item onSelect={() => exportAs('json')}>{words.exportJson}</Menu.Item>
          <Menu.Separator />
          <Menu.Item className="bad" onSelect={then(() => void remove())}>
            {words.remove}
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Where the focus goes when a conversation is removed: to the next one, or the one before. */
function besideOf(id: string): HTMLElement | null {
  const items = [...document.querySelectorAll<HTMLElement>('[data-conversation]')];
  const at = items.findIndex((item) => item.dataset['conversation'] === id);
  return items[at + 1] ?? items[at - 1] ?? document.querySelector<HTMLElement>('.new-chat');
}
