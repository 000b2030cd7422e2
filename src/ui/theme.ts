/** Light or dark as the settings say; both follow the system where they say nothing. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useApp } from './appContext.ts';

export function useTheme(): void {
  const { settings } = useApp();
  const theme = useStore(settings.store, (s) => s.theme);
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === 'system') delete dataset.theme;
    else dataset.theme = theme;
    colourBrowser(theme);
  }, [theme]);
}

/** The browser's own bars take their colour from these, one for each scheme of the system. */
function colourBrowser(theme: 'system' | 'light' | 'dark'): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes('dark') ? 'dark' : 'light';
    meta.content = GROUND[theme === 'system' ? own : theme];
  }
}

/** --ground of tokens.css, in the form browsers accept there. */
const GROUND = { light: '#f9fafd', dark: '#0b1213' };
