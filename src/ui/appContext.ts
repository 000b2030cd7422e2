import { createContext, useContext } from 'react';
import type { App } from '../state/app.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('a component was rendered outside AppContext');
  return app;
}
