/** One line: whose page this is, the model, its state and its memory. All about models opens from it. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { say } from './say.ts';
import { percent } from './format.ts';
import { ChevronIcon, Mark, NewIcon, SettingsIcon } from './icons.tsx';

export function Header(): ReactNode {
  const { view, chat } = useApp();
  const hasMessages = useStore(chat.store, (s) => s.messages.length > 0);
  return (
    <header className="top">
      <div className="column top-line">
        <h1 className="brand">
          <Mark />
          <span className="brand-name">{say.name}</span>
        </h1>
        <ModelLine />
        {hasMessages && (
          <button
            type="button"
            className="quiet round"
            aria-label={say.chat.new}
            title={say.chat.new}
            onClick={() => view.open('newChat')}
          >
            <NewIcon />
          </button>
        )}
        <button
          type="button"
          className="quiet round"
          aria-label={say.settings.open}
          title={say.settings.open}
          onClick={() => view.open('settings')}
        >
          <SettingsIcon />
        </button>
      </div>
    </header>
  );
}

function ModelLine(): ReactNode {
  const { view, models, chat } = useApp();
  const { loading, loaded, lostModel, imports, cards } = useStore(models.store);
  const speaking = useStore(
    chat.store,
    (s) => s.answering && (s.answering.shown === '' ? 'reading' : 'speaking'),
  );

  const id = loading?.id ?? loaded?.modelId ?? lostModel;
  const title = cards?.find((card) => card.id === id)?.title ?? say.models.none;
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
      <span className="model-title">{title}</span>
      {state !== '' && <span className={`model-state ${speaking ? 'alive' : ''}`}>{state}</span>}
      {loaded && <span className="model-memory">{say.state.memory(loaded.gpuBytes)}</span>}
      {arriving && <span className="model-state">↓ {percent(arriving.doneBytes, arriving.totalBytes)}</span>}
      <ChevronIcon />
    </button>
  );
}
