/**
 * Whether the conversations stand beside the page is remembered where it is wide.
 * Where they lie over it they are closed when it opens, or becomes so narrow, and
 * say nothing of later.
 */
import type { SettingsRoom } from './settings.ts';
import type { View } from './view.ts';

/** The page is too narrow for the conversations beside it. */
export const NARROW = '(max-width: 45rem)';

interface Neighbours {
  readonly view: Pick<View, 'store'>;
  readonly settings: Pick<SettingsRoom, 'store' | 'restore' | 'change'>;
}

/** Resolves when it stands as it was left: before the page is drawn, where the settings are there by then. */
export async function rememberSidebar({ view, settings }: Neighbours): Promise<void> {
  const narrow = matchMedia(NARROW);
  let chosen = false;
  view.store.subscribe(({ sidebar }, before) => {
    if (sidebar === before.sidebar || narrow.matches) return;
    chosen = true;
    // Not over settings that are still being read.
    void settings.restore().then(() => {
      if (settings.store.getState().sidebar !== sidebar) settings.change({ sidebar });
    });
  });
  await settings.restore();
  if (!chosen && !narrow.matches) view.store.setState({ sidebar: settings.store.getState().sidebar });
  narrow.addEventListener('change', ({ matches }) =>
    // What lies open over a page that becomes wide goes over into its column.
    view.store.setState((now) => ({
      sidebar: !matches && (now.sidebar || settings.store.getState().sidebar),
    })),
  );
}
