import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';
import { say } from './say.ts';

export function UpdateBar(): ReactNode {
  const { install } = useApp();
  const update = useStore(install, (s) => s.update);
  if (!update) return null;
  return (
    <div className="update" role="status">
      <span>{say.update.ready}</span>
      <div className="row">
        <button type="button" className="quiet" onClick={() => install.setState({ update: null })}>
          {say.update.later}
        </button>
        <button type="button" className="strong" onClick={update}>
          {say.update.apply}
        </button>
      </div>
    </div>
  );
}
