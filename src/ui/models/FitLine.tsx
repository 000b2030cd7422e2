/** Whether a model fits this device, with the sum it rests on. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { roomFor, type Fit, type Sizes } from '../../state/fit.ts';
import { useApp } from '../appContext.ts';
import { size } from '../format.ts';
import { say } from '../say.ts';
import { useFit } from './useFit.ts';

interface FitLineProps {
  readonly sizes: Sizes;
  /** It would still have to be stored. */
  readonly toStore?: boolean;
}

export function FitLine({ sizes, toStore = false }: FitLineProps): ReactNode {
  const { device } = useApp();
  const storage = useStore(device.store, (s) => s.storage);
  const asking = useStore(device.store, (s) => s.device.phase === 'asking');
  const fit = useFit()(sizes);
  if (asking) return null;
  const { verdict } = fit;
  return (
    <>
      <p className="facts fit">
        <strong className={`verdict ${verdict}`}>{say.fit.verdicts[verdict]}</strong>{' '}
        <span>{wordsOf(fit)}</span>
      </p>
      {toStore && storage && roomFor(sizes.storedBytes, storage) === false && (
        <p className="facts bad">
          {say.fit.noRoom(size(sizes.storedBytes * 1.05), size(storage.quotaBytes - storage.usedBytes))}
        </p>
      )}
    </>
  );
}

function wordsOf({ need, memory }: Fit): string {
  const { weights, cache, scratch, total, context } = need;
  const sum =
    context > 0
      ? say.fit.sum(size(weights), size(cache), context, size(scratch), size(total))
      : say.fit.sumWithout(size(weights), size(scratch), size(total));
  if (memory === null) return say.fit.alone(sum);
  const has = say.fit.gpuGb(memory.bytes / 1e9);
  return memory.from === 'stated' ? say.fit.stated(sum, has) : say.fit.guessed(sum, has);
}
