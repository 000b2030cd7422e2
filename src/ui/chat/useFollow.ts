/**
 * Keeps the end of a page in view while an answer makes it grow, for as long as
 * the reader is there. Scrolling up ends it; coming back to the end begins it
 * again. It never moves a reader who has scrolled away, nor for what the reader
 * unfolds or chooses.
 */
import { useCallback, useEffect, useRef, useState } from 'react';

const NEAR_END_PX = 48;
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
    const scrolled = (): void => {
      const page = document.documentElement;
      const atEnd = page.scrollHeight - page.clientHeight - scrollY < NEAR_END_PX;
      // A page that grows makes the end recede without any scrolling; only going up is the reader's wish.
      if (atEnd) follows.current = true;
      else if (scrollY < lastTop) follows.current = false;
      lastTop = scrollY;
      setFollowing(follows.current);
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
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      removeEventListener('scroll', scrolled);
      removeEventListener('pointerdown', touched);
    };
  }, []);

  return { following, toEnd };
}
