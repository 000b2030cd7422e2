/**
 * Keeps the end of a page in view while an answer makes it grow, for as long as
 * the reader is there. Scrolling up ends it; coming back to the end begins it
 * again. It never moves a reader who has scrolled away, nor for what the reader
 * unfolds or chooses.
 */
import { useCallback, useEffect, useRef, useState } from 'react';

const NEAR_END_PX = 48;
/** What moves the page at a reader's wish, and for how long after it a movement is taken for one. */
const WISHES = ['wheel', 'touchmove', 'keydown'] as const;
const UPWARD_KEYS: ReadonlySet<string> = new Set(['PageUp', 'ArrowUp', 'Home', ' ']);
const WISH_MS = 600;
/** A scrollbar that is dragged tells nothing else. */
const FAR_PX = 200;
/** Rows find their true heights, and an answer its last line, soon after. */
const SETTLING_MS = 1500;

export function useFollow(growing: boolean): { following: boolean; toEnd: () => void } {
  const [following, setFollowing] = useState(true);
  const follows = useRef(true);
  /** Until when the page's growth is followed. */
  const until = useRef(0);

  useEffect(() => {
    until.current = growing ? Infinity : performance.now() + SETTLING_MS;
  }, [growing]);

  const toEnd = useCallback(() => {
    follows.current = true;
    until.current = Math.max(until.current, performance.now() + SETTLING_MS);
    setFollowing(true);
    scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
  }, []);

  useEffect(() => {
    let lastTop = scrollY;
    let lastHeight = document.documentElement.scrollHeight;
    let wishedAt = -Infinity;
    const scrolled = (): void => {
      const { scrollHeight, clientHeight } = document.documentElement;
      const up = lastTop - scrollY;
      // Rows that find their true heights move the page too, by a little or by as much as it shrinks.
      const wished = performance.now() - wishedAt < WISH_MS || (up > FAR_PX && scrollHeight >= lastHeight);
      if (scrollHeight - clientHeight - scrollY < NEAR_END_PX) follows.current = true;
      else if (up > 0 && wished) follows.current = false;
      lastTop = scrollY;
      lastHeight = scrollHeight;
      setFollowing(follows.current);
    };
    const wishes = (event: Event): void => {
      if (!(event instanceof KeyboardEvent) || UPWARD_KEYS.has(event.key)) wishedAt = performance.now();
    };
    const grown = new ResizeObserver(() => {
      if (follows.current && performance.now() < until.current)
        scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    });
    // Whoever touches the page has seen where it is.
    const touched = (): void => {
      if (until.current !== Infinity) until.current = 0;
    };
    grown.observe(document.body);
    addEventListener('pointerdown', touched);
    for (const kind of WISHES) addEventListener(kind, wishes, { passive: true });
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      removeEventListener('scroll', scrolled);
      removeEventListener('pointerdown', touched);
      for (const kind of WISHES) removeEventListener(kind, wishes);
    };
  }, []);

  return { following, toEnd };
}
