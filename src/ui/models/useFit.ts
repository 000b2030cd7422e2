/** What fits this device, drawn anew when anything it rests on changes. */
import { useStore } from 'zustand';
import type { Fit, Sizes } from '../../state/fit.ts';
import { useApp } from '../appContext.ts';

export function useFit(): (sizes: Sizes) => Fit {
  const { models, device, settings } = useApp();
  useStore(device.store, (s) => s.device);
  useStore(settings.store, (s) => s.contextLength);
  useStore(models.store, (s) => s.gpuGb);
  return models.fit;
}
