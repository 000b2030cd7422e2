/** Ends an answer at a string, and shows nothing of that string. */
export interface StopWatcher {
  /** The text that is safe to show; `stopped` once a stop string has come whole. */
  push(text: string): { readonly text: string; readonly stopped: boolean };
  /** The answer ended otherwise: what was held back. */
  flush(): string;
}

export function createStopWatcher(stopStrings: readonly string[]): StopWatcher {
  const stops = stopStrings.filter((stop) => stop !== '');
  let held = '';
  let stopped = false;
  return {
    push(text) {
      if (stopped) return { text: '', stopped };
      held += text;
      const starts = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      stopped = starts.length > 0;
      const safe = stopped ? Math.min(...starts) : held.length - longestBeginning(held, stops);
      const shown = held.slice(0, safe);
      held = stopped ? '' : held.slice(safe);
      return { text: shown, stopped };
    },
    flush() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

/** Length of the longest end of `text` that begins one of `stops`. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
