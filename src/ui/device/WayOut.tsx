/** What may help after a failure of the graphics processor or of its memory, as buttons. */
import type { ReactNode } from 'react';
import type { Alert } from '../../state/alerts.ts';
import { useApp } from '../appContext.ts';
import { say } from '../say.ts';

/** Less than this is no conversation. */
const LEAST_CONTEXT = 512;

/** Nothing where nothing here helps. */
export function DeviceWayOut({ alert }: { readonly alert: Alert }): ReactNode {
  const { view } = useApp();
  const { code, detail } = alert.failure;
  if (code === 'KERNEL_CHECK_FAILED') {
    return (
      <button type="button" onClick={() => view.open('device')}>
        {say.device.runTest}
      </button>
    );
  }
  if (code !== 'GPU_OUT_OF_MEMORY' && code !== 'ADAPTER_TOO_SMALL') return null;
  const { modelId, weightBytes, cacheBytes, contextLength } = detail;
  if (typeof modelId !== 'string') return null;
  return (
    <>
      {typeof weightBytes === 'number' && (
        <p className="facts">{say.device.tried(weightBytes, Number(cacheBytes), Number(contextLength))}</p>
      )}
      <SmallerLoads alert={alert} modelId={modelId} contextLength={Number(contextLength)} />
    </>
  );
}

interface SmallerLoadsProps {
  readonly alert: Alert;
  readonly modelId: string;
  readonly contextLength: number;
}

function SmallerLoads({ alert, modelId, contextLength }: SmallerLoadsProps): ReactNode {
  const { alerts, models, settings, view } = useApp();
  const shorter = 2 ** Math.floor(Math.log2(contextLength / 2));
  const then = (act: () => void) => (): void => {
    alerts.dismiss(alert.id);
    act();
  };
  return (
    <div className="row wrap">
      {shorter >= LEAST_CONTEXT && (
        <button
          type="button"
          onClick={then(() => {
            settings.change({ contextLength: shorter });
            void models.load(modelId);
          })}
        >
          {say.device.lessContext(shorter)}
        </button>
      )}
      <button type="button" onClick={then(() => view.open('models'))}>
        {say.device.smallerModel}
      </button>
    </div>
  );
}
