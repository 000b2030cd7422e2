/**
 * Which experts answer: beside the conversation where there is room, a sheet over
 * its lower half where there is not. Loaded when it is first opened.
 */
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ExpertShape } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { CloseIcon } from '../icons.tsx';
import { say } from '../say.ts';
import { Balance } from './Balance.tsx';
import { ExpertField } from './ExpertField.tsx';
import { Named } from './Named.tsx';
import { useMarks } from './useMarks.ts';
import { useUsage } from './useUsage.ts';
import '../css/experts.css';

export function ExpertDrawer(): ReactNode {
  const { experts, models, view } = useApp();
  const shape = useStore(experts.store, (s) => s.shape);
  const loaded = useStore(models.store, (s) => s.loaded !== null);
  const heading = useId();
  return (
    <aside className="experts" aria-labelledby={heading}>
      <div className="experts-head">
        <h2 id={heading}>{say.experts.title}</h2>
        <button
          type="button"
          className="quiet round"
          aria-label={say.experts.close}
          title={say.experts.close}
          onClick={() => view.setDrawer(null)}
        >
          <CloseIcon />
        </button>
      </div>
      {shape ? <Routing shape={shape} /> : <p>{loaded ? say.experts.dense : say.experts.none}</p>}
      <p className="facts">{say.experts.what}</p>
    </aside>
  );
}

function Routing({ shape }: { readonly shape: ExpertShape }): ReactNode {
  const { experts } = useApp();
  const { usage } = useUsage();
  const full = useStore(experts.store, (s) => s.full);
  useMarks();
  return (
    <>
      <Modes />
      <ExpertField shape={shape} />
      <Named usage={usage} />
      <Waiting heard={usage !== null && usage.tokens > 0} />
      {usage && <Balance usage={usage} />}
      {full && <p className="note">{say.experts.full}</p>}
      <p className="facts">{say.experts.shape(shape)}</p>
    </>
  );
}

function Modes(): ReactNode {
  const { experts } = useApp();
  const mode = useStore(experts.store, (s) => s.mode);
  return (
    <div className="expert-modes" role="group" aria-label={say.experts.dots}>
      {(['live', 'conversation'] as const).map((one) => (
        <button
          key={one}
          type="button"
          className="small"
          aria-pressed={mode === one}
          onClick={() => experts.setMode(one)}
        >
          {say.experts.modes[one]}
        </button>
      ))}
    </div>
  );
}

/** Why the dots are dark. */
function Waiting({ heard }: { readonly heard: boolean }): ReactNode {
  const { experts, chat } = useApp();
  const answering = useStore(chat.store, (s) => s.answering?.id ?? null);
  const hearing = useStore(experts.store, (s) => s.hearing);
  if (answering !== null && answering !== hearing) return <p className="note">{say.experts.later}</p>;
  return heard || answering !== null ? null : <p className="note">{say.experts.waiting}</p>;
}
