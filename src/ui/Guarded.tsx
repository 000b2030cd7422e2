/** Draws what is inside. What can't be fetched, or breaks, is told of in its place and takes nothing else along. */
import { Component, type ReactNode } from 'react';
import { Dialog } from './Dialog.tsx';
import { PartMissing } from './lazily.tsx';
import { say } from './say.ts';
import { together, wordsFor } from './words.ts';

interface GuardedProps {
  /** For what opens over the page: it is told of in a dialog, which this closes. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

interface GuardedFacts {
  readonly error: Error | null;
}

/** React has no other form for this than a class. */
export class Guarded extends Component<GuardedProps, GuardedFacts> {
  override state: GuardedFacts = { error: null };

  static getDerivedStateFromError(thrown: unknown): GuardedFacts {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override componentDidCatch(thrown: unknown): void {
    if (thrown instanceof PartMissing) thrown.forget();
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { onClose, children } = this.props;
    if (!error) return children;
    const title = titleOf(error);
    const trouble = <Trouble error={error} onAgain={() => this.setState({ error: null })} />;
    if (onClose) {
      return (
        <Dialog title={title} kind="confirm" onClose={onClose}>
          {trouble}
        </Dialog>
      );
    }
    return (
      <section className="alert" aria-label={title}>
        <strong>{title}</strong>
        {trouble}
      </section>
    );
  }
}

function titleOf(error: Error): string {
  return error instanceof PartMissing
    ? say.missing.title
    : wordsFor({ code: 'INTERNAL', message: error.message, detail: {} }).title;
}

interface TroubleProps {
  readonly error: Error;
  readonly onAgain: () => void;
}

function Trouble({ error, onAgain }: TroubleProps): ReactNode {
  const missing = error instanceof PartMissing;
  const { happened, safe, todo } = wordsFor({ code: 'INTERNAL', message: error.message, detail: {} });
  return (
    <>
      <p role="alert">{missing ? say.missing.words : together(happened, safe, todo)}</p>
      {!missing && <code>{error.message}</code>}
      <div className="row wrap">
        <button type="button" className="strong" onClick={onAgain}>
          {say.missing.again}
        </button>
        <button type="button" onClick={() => location.reload()}>
          {say.alerts.reload}
        </button>
      </div>
    </>
  );
}
