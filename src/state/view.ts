/** Which panels are open. */
import { createStore } from 'zustand/vanilla';

/** A dialog over the page: one at a time. */
export type Panel = 'models' | 'settings' | 'device' | 'shortcuts' | 'about';

/** What stands at the right of the conversation. */
export type Drawer = 'experts';

export interface ViewFacts {
  readonly panel: Panel | null;
  readonly drawer: Drawer | null;
  /** The conversations, at the left: beside the page where it is wide, over it where it is not. */
  readonly sidebar: boolean;
}

export function createView() {
  const store = createStore<ViewFacts>(() => ({ panel: null, drawer: null, sidebar: false }));
  return {
    store,
    open: (panel: Panel): void => store.setState({ panel }),
    close: (): void => store.setState({ panel: null }),
    setDrawer: (drawer: Drawer | null): void => store.setState({ drawer }),
    toggleDrawer: (drawer: Drawer): void =>
      store.setState((now) => ({ drawer: now.drawer === drawer ? null : drawer })),
    setSidebar: (sidebar: boolean): void => store.setState({ sidebar }),
    toggleSidebar: (): void => store.setState(({ sidebar }) => ({ sidebar: !sidebar })),
  };
}

export type View = ReturnType<typeof createView>;
