/** What this page's tabs tell one another; a tab does not hear itself. */
export interface Channel {
  tell(message: unknown): void;
  hear(listener: (message: unknown) => void): void;
}

/** Silent where the browser has none. */
export function openChannel(name: string): Channel {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined, hear: () => undefined };
  const channel = new BroadcastChannel(name);
  return {
    // oxlint-disable-next-line require-post-message-target-origin -- a channel is of one origin, and knows no target
    tell: (message) => channel.postMessage(message),
    hear: (listener) =>
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data)),
  };
}
