/**
 * The words on the page and the experts in the drawer, tied to each other: what the
 * chosen expert took part in is marked, the word under the pointer is looked up.
 * Marks are the browser's own highlights: no answer is drawn again for them.
 */
import { useEffect } from 'react';
import type { App } from '../../state/app.ts';
import { useApp } from '../appContext.ts';
import { answerAround, answersOnPage, characterAt, offsetAt, rangesIn } from './answerText.ts';

/** While an answer grows its marks follow no faster. */
const SLOW_MS = 250;
const MARKS = 'expert';
const WORD = 'expert-word';

export function useMarks(): void {
  const app = useApp();
  useEffect(() => markWords(app), [app]);
  useEffect(() => lookUpWords(app), [app]);
}

function markWords({ experts }: App): () => void {
  if (typeof Highlight === 'undefined') return () => undefined; // Firefox before 140
  let timer = 0;

  function paint(): void {
    timer = 0;
    const { token } = experts.store.getState();
    const marked: Range[] = [];
    const pointed: Range[] = [];
    for (const { element, message } of answersOnPage()) {
      const text = experts.textOf(message);
      marked.push(...rangesIn(element, text, experts.marksOf(message)));
      if (token?.message === message) pointed.push(...rangesIn(element, text, [token]));
    }
    CSS.highlights.set(MARKS, new Highlight(...marked));
    CSS.highlights.set(WORD, new Highlight(...pointed));
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
    CSS.highlights.delete(MARKS);
    CSS.highlights.delete(WORD);
  };
}

function lookUpWords({ experts }: App): () => void {
  let frame = 0;
  let point = { x: 0, y: 0 };

  function lookUp(): void {
    frame = 0;
    const answer = answerAround(document.elementFromPoint(point.x, point.y));
    const character = answer && characterAt(point.x, point.y);
    if (!character) experts.pointAt(null);
    else
      experts.pointAt(
        answer.message,
        offsetAt(answer.element, experts.textOf(answer.message), character.node, character.index),
      );
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
