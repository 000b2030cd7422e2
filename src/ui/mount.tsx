import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { App } from '../state/app.ts';
import { AppContext } from './appContext.ts';
import { Page } from './Page.tsx';
import './css/index.css';

export function mount(place: HTMLElement, app: App): void {
  createRoot(place).render(
    <StrictMode>
      <AppContext value={app}>
        <Page />
      </AppContext>
    </StrictMode>,
  );
}
