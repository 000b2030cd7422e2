/** One line: whose page this is, the model, its state and its memory. All about models opens from it. */
import type { MouseEventHandler, ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { focusToWrite } from './chat/focus.ts';
import { cardTitle } from './modelTitle.ts';
import { say } from './say.ts';
import { percent } from './format.ts';
import { ChevronIcon, DeviceIcon, ExpertsIcon, Mark, NewIcon, SettingsIcon, SidebarIcon } from './icons.tsx';

export function Header(): ReactNode {
  const { view, chat, conversations } = useApp();
  const spoken = useStore(chat.store, (s) => s.messages.length > 0);
  const { sidebar, drawer } = useStore(view.store);
  return (
    <header className="top">
      <div className="top-line">
        <Tool
          label={sidebar ? say.frame.hideConversations : say.frame.conversations}
          expanded={sidebar}
          onClick={view.toggleSidebar}
        >
          <SidebarIcon />
        </Tool>
        <h1 className="brand">
          <Mark />
          <span className="brand-name">{say.name}</span>
        </h1>
        <ModelLine />
        {spoken && (
          <Tool
            label={say.chat.new}
            onClick={({ detail }) => {
              focusToWrite(detail);
              void conversations.create();
            }}
          >
            <NewIcon />
          </Tool>
        )}
        <Tool
          label={drawer === 'experts' ? say.frame.hideExperts : say.frame.experts}
          expanded={drawer === 'experts'}
          onClick={() => view.toggleDrawer('experts')}
        >
          <ExpertsIcon />
        </Tool>
        <Tool className="wide-only" label={say.frame.device} onClick={() => view.open('device')}>
          <DeviceIcon />
        </Tool>
        <Tool label={say.settings.open} onClick={() => view.open('settings')}>
          <SettingsIcon />
        </Tool>
      </div>
    </header>
  );
}

interface ToolProps {
  readonly label: string;
  readonly className?: string;
  readonly expanded?: boolean;
  readonly onClick: MouseEventHandler;
  readonly children: ReactNode;
}

function Tool({ label, className = '', expanded, onClick, children }: ToolProps): ReactNode {
  return (
    <button
      type="button"
      className={`quiet round ${className}`}
      aria-label={label}
      aria-expanded={expanded}
      title={label}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

function ModelLine(): ReactNode {
  const { view, models, boot, chat, tabs } = useApp();
  const coming = useStore(boot.store, (s) => s.coming);
  const { loading, loaded, lostModel, imports, cards } = useStore(models.store);
  const elsewhere = useStore(tabs.store, (s) => s.holder === 'elsewhere');
  const speaking = useStore(chat.store, ({ answering }) =>
    answering && !answering.waiting ? (answering.shown === '' ? 'reading' : 'speaking') : null,
  );

  const id = loading?.id ?? loaded?.modelId ?? lostModel;
  const card = cards?.find((other) => other.id === id);
  const title = card ? cardTitle(card) : coming ? say.state.loading : say.models.none;
  const progress = loading?.progress;
  const state = loading
    ? `${say.state.loading} ${progress ? percent(progress.done, progress.total) : ''}`.trim()
    : loaded
      ? say.state[speaking ?? 'ready']
      : lostModel
        ? say.state.lost
        : '';
  const arriving = imports[0]?.progress;

  return (
    <button
      type="button"
      className="quiet model-line"
      aria-haspopup="dialog"
      onClick={() => view.open('models')}
    >
      <span className="model-title">{elsewhere ? say.tabs.short : title}</span>
      {state !== '' && <span className={`model-state ${speaking ? 'alive' : ''}`}>{state}</span>}
      {loaded && loaded.gpuBytes > 0 && (
        <span className="model-memory">{say.state.memory(loaded.gpuBytes)}</span>
      )}
      {arriving && <span className="model-state">↓ {percent(arriving.doneBytes, arriving.totalBytes)}</span>}
      <ChevronIcon />
    </button>
  );
}
