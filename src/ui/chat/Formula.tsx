/** A formula, drawn by KaTeX as elements, never as HTML text. One it can't read stays as it was written. */
import { render, type KatexOptions } from 'katex';
import { useMemo, type ReactNode } from 'react';
import { say } from '../say.ts';

const OPTIONS: KatexOptions = {
  // No links, no images, no classes of the model's choosing.
  trust: false,
  strict: 'ignore',
  // In em: a model can't paint over the page.
  maxSize: 20,
  maxExpand: 200,
  throwOnError: true,
};

function drawn(tex: string, displayMode: boolean): HTMLElement | null {
  const place = document.createElement('span');
  try {
    render(tex, place, { ...OPTIONS, displayMode });
    return place;
  } catch {
    // Not only ParseError: deep nesting ends the stack. Its source is shown.
    return null;
  }
}

interface FormulaProps {
  readonly tex: string;
  readonly display: boolean;
}

export function Formula({ tex, display }: FormulaProps): ReactNode {
  const formula = useMemo(() => drawn(tex, display), [tex, display]);
  if (!formula) return <code className="maths-source">{tex}</code>;
  const put = (place: HTMLElement | null): void => place?.replaceChildren(formula);
  if (!display) return <span ref={put} />;
  return <div className="formula" role="group" aria-label={say.chat.maths} tabIndex={0} ref={put} />;
}
