import { useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

export function ImportAndExport(): ReactNode {
  const { conversations } = useApp();
  const some = useStore(conversations.store, (s) => (s.heads?.length ?? 0) > 0);
  const field = useRef<HTMLInputElement>(null);
  const words = say.conversations;
  const take = async (input: HTMLInputElement): Promise<void> => {
    for (const file of input.files ?? []) await conversations.importFile(file);
    // So that the same file can be chosen again.
    input.value = '';
  };
  return (
    <div className="sidebar-foot">
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,.md,application/json,text/markdown"
        onChange={({ currentTarget }) => void take(currentTarget)}
      />
      <button
        type="button"
        className="quiet small"
        title={words.importHint}
        onClick={() => field.current?.click()}
      >
        {words.import}
      </button>
      {some && (
        <button
          type="button"
          className="quiet small"
          title={words.exportAllHint}
          onClick={() => void conversations.exportAll()}
        >
          {words.exportAll}
        </button>
      )}
    </div>
  );
}
