/**
 * The words on the page and the experts in the drawer, tied to each other: what the
 * chosen expert took part in is marked, the word under the pointer is looked up.
 * Marks are the browser's own highlights, and an attribute of formulas: no answer is
 * drawn again for them.
 */
import { useEffect } from 'react';
import type { App } from '../../state/app.ts';
import { useApp } from '../appContext.ts';
import {
  answerAround,
  answersOnPage,
  characterAt,
  formulaAround,
  markIn,
  offsetAt,
  type AnswerPart,
  type Marked,
} from './answerText.ts';

/** While an answer grows its marks follow no faster. */
const SLOW_MS = 250;
const MARKS = 'expert';
const WORD = 'expert-word';

/** Not in Firefox before 140: there the drawer names the words. */
export const canMark = (): boolean => typeof Highlight !== 'undefined';

export function useMarks(): void {
  const app = useApp();
  useEffect(() => markWords(app), [app]);
  useEffect(() => lookUpWords(app), [app]);
}

function markWords({ experts }: App): () => void {
  if (!canMark()) return () => undefined;
  let timer = 0;
  let formulas: readonly HTMLElement[] = [];

  function show(name: string, { ranges, formulas: found }: Marked): void {
    CSS.highlights.set(name, new Highlight(...ranges));
    for (const formula of found) formula.dataset['marked'] = name;
    formulas = [...formulas, ...found];
  }
  function clear(): void {
    for (const formula of formulas) delete formula.dataset['marked'];
    formulas = [];
    CSS.highlights.delete(MARKS);
    CSS.highlights.delete(WORD);
  }

  function paint(): void {
    timer = 0;
    const { token } = experts.store.getState();
    const marked: Marked = { ranges: [], formulas: [] };
    const pointed: Marked = { ranges: [], formulas: [] };
    for (const { element, message } of answersOnPage()) {
      const text = experts.textOf(message);
      markIn(element, text, experts.marksOf(message), marked);
      if (token?.message === message) markIn(element, text, [token], pointed);
    }
    clear();
    show(MARKS, marked);
    show(WORD, pointed);
  }
  function later(): void {
    timer ||= window.setTimeout(paint, SLOW_MS);
  }
  function atOnce(): void {
    clearTimeout(timer);
    paint();
  }

  const leave = experts.store.subscribe((now, before) => {
    const same = now.pointed === before.pointed && now.pinned === before.pinned && now.token === before.token;
    if (!same) atOnce();
  });
  // A listed answer comes and goes with the scroll, a growing one gets new text.
  const changed = new MutationObserver(() => {
    const { pointed, pinned, token } = experts.store.getState();
    if (pointed ?? pinned ?? token) later();
  });
  const page = document.querySelector('main');
  if (page) changed.observe(page, { childList: true, subtree: true, characterData: true });
  atOnce();
  return () => {
    leave();
    changed.disconnect();
    clearTimeout(timer);
    clear();
  };
}

function lookUpWords({ experts }: App): () => void {
  let frame = 0;
  let point = { x: 0, y: 0 };

  function lookUp(): void {
    frame = 0;
    const element = document.elementFromPoint(point.x, point.y);
    const answer = answerAround(element);
    if (!element || !answer || !lookUpIn(answer, element)) experts.pointAt(null);
  }
  /** Whether there is something. */
  function lookUpIn(answer: AnswerPart, element: Element): boolean {
    const text = experts.textOf(answer.message);
    const formula = formulaAround(answer.element, text, element);
    const character = characterAt(point.x, point.y);
    if (formula) experts.pointAt(answer.message, formula.start, formula.end);
    else if (character)
      experts.pointAt(answer.message, offsetAt(answer.element, text, character.node, character.index));
    return formula !== null || character !== null;
  }
  function moved(event: PointerEvent): void {
    point = { x: event.clientX, y: event.clientY };
    frame ||= requestAnimationFrame(lookUp);
  }
  document.addEventListener('pointermove', moved);
  document.addEventListener('pointerdown', moved);
  return () => {
    document.removeEventListener('pointermove', moved);
    document.removeEventListener('pointerdown', moved);
    cancelAnimationFrame(frame);
    experts.pointAt(null);
  };
}
