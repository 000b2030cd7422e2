/**
 * Paces what the worker says: it may report thousands of times a second, the
 * page has sixty frames.
 */

/** Calls `show` with the latest value, at most once a frame. */
export function latestPerFrame<T>(show: (value: T) => void): { put(value: T): void; end(): void } {
  let latest: { value: T } | null = null;
  let frame = 0;
  return {
    put(value) {
      latest = { value };
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (latest) show(latest.value);
        latest = null;
      });
    },
    end() {
      cancelAnimationFrame(frame);
      frame = 0;
      latest = null;
    },
  };
}

// Scripts without spaces between words: any character may end what is shown.
const WORD_END = /[\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/u;
const LONGEST_WORD = 32;

/** How much of a growing text to show so that no word appears in halves. */
export function wholeWords(text: string): string {
  for (let end = text.length; end > 0 && text.length - end < LONGEST_WORD; end--) {
    if (WORD_END.test(text.charAt(end - 1))) return text.slice(0, end);
  }
  return text.length < LONGEST_WORD ? '' : text;
}
