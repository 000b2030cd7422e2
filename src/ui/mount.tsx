import { StrictMode, useEffect, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { useStore } from 'zustand';
import type { App } from '../state/app.ts';
import { AppContext } from './appContext.ts';
import { Guarded } from './Guarded.tsx';
import { languageOf, learn, type Language } from './language.ts';
import { Page } from './Page.tsx';
import { redrawInPlace } from './redraw.ts';
import { useTheme } from './theme.ts';
import './css/index.css';

/** Storage that is slow to open must not keep the page from being drawn. */
const SETTINGS_WITHIN_MS = 400;

/** Draws the page as soon as its language is known and its words are here. */
export async function mount(place: HTMLElement, app: App): Promise<void> {
  await Promise.race([
    app.settings.restore(),
    new Promise((resolve) => setTimeout(resolve, SETTINGS_WITHIN_MS)),
  ]);
  const language = languageOf(app.settings.store.getState().language, navigator.languages);
  await learn(language);
  createRoot(place).render(
    <StrictMode>
      <AppContext value={app}>
        <Guarded>
          <Spoken app={app} first={language} />
        </Guarded>
      </AppContext>
    </StrictMode>,
  );
}

/** Words are read while rendering, so another language draws everything anew. */
function Spoken({ app, first }: { readonly app: App; readonly first: Language }): ReactNode {
  const wanted = useStore(app.settings.store, ({ language }) => languageOf(language, navigator.languages));
  const [spoken, setSpoken] = useState(first);
  useTheme();
  useEffect(() => {
    let current = true;
    if (wanted === spoken) return undefined;
    void learn(wanted, () => current).then(() => {
      if (current) redrawInPlace(() => flushSync(() => setSpoken(wanted)));
    });
    return () => {
      current = false;
    };
  }, [wanted, spoken]);
  return <Page key={spoken} />;
}
