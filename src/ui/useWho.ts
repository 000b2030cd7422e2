import { useStore } from 'zustand';
import { useApp } from './appContext.ts';

/** Who answers, or will as soon as it is loaded. */
export type Who =
  /** The built-in model. */
  | 'guide'
  | 'model'
  /** Another tab has the GPU. */
  | 'elsewhere'
  | 'nobody';

export function useWho(): Who {
  const { models, boot, tabs } = useApp();
  const coming = useStore(boot.store, (s) => s.coming);
  const elsewhere = useStore(tabs.store, (s) => s.holder === 'elsewhere');
  const id = useStore(models.store, (s) => s.loading?.id ?? s.loaded?.modelId ?? null);
  const builtIn = useStore(models.store, (s) => s.cards?.find((card) => card.id === id)?.builtIn === true);
  if (elsewhere) return 'elsewhere';
  if (id !== null) return builtIn ? 'guide' : 'model';
  // It is what comes where nothing else does.
  return coming ? 'guide' : 'nobody';
}
