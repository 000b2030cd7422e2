/**
 * Keeps the end of a growing page in view, for as long as the reader is there.
 * Scrolling up ends it; coming back to the end begins it again. It never moves
 * a reader who has scrolled away.
 */
import { useCallback, useEffect, useRef, useState } from 'react';

const NEAR_END_PX = 48;

export function useFollow(): { following: boolean; toEnd: () => void } {
  const [following, setFollowing] = useState(true);
  const follows = useRef(true);

  const toEnd = useCallback(() => {
    follows.current = true;
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
      if (follows.current) scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    });
    grown.observe(document.body);
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      removeEventListener('scroll', scrolled);
    };
  }, []);

  return { following, toEnd };
}
