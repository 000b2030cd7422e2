/** Which panels are open. */
import { createStore } from 'zustand/vanilla';

export type Panel = 'models' | 'settings' | 'newChat';

export function createView() {
  const store = createStore<{ readonly panel: Panel | null }>(() => ({ panel: null }));
  return {
    store,
    open: (panel: Panel): void => store.setState({ panel }),
    close: (): void => store.setState({ panel: null }),
  };
}
