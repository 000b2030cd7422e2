/**
 * Where the graphics processor can't be used: why, what works all the same, and how
 * this browser may give it. A notice beside a working chat, since the guide answers
 * on the processor.
 */
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Failure } from '../../protocol/api.ts';
import { useApp } from '../appContext.ts';
import { browserOf } from '../browser.ts';
import { say } from '../say.ts';
import { together, wordsFor } from '../words.ts';

interface NoGpuProps {
  readonly failure: Failure;
  /** The steps shown at once; else they open on a click. */
  readonly open?: boolean;
}

export function NoGpu({ failure, open = false }: NoGpuProps): ReactNode {
  const { device } = useApp();
  const heading = useId();
  const { title, happened } = wordsFor(failure);
  // Else it is there, with kernels that are right and others that are not.
  const absent = useStore(device.store, (s) => s.device.phase === 'absent');
  return (
    <section className="notice" aria-labelledby={heading}>
      <strong id={heading}>{title}</strong>
      <p>{together(happened, say.device.none.meanwhile)}</p>
      <details open={open}>
        <summary>{say.device.none.how}</summary>
        <Steps failure={failure} absent={absent} />
        {absent && (
          <button type="button" onClick={() => void device.ask()}>
            {say.device.none.retry}
          </button>
        )}
      </details>
    </section>
  );
}

function Steps({ failure, absent }: { readonly failure: Failure; readonly absent: boolean }): ReactNode {
  switch (failure.code) {
    case 'NO_WEBGPU':
    case 'NO_ADAPTER': {
      const { userAgent, maxTouchPoints } = navigator;
      const steps = say.device.howTo[browserOf(userAgent, isSecureContext, maxTouchPoints)];
      return steps.length === 1 ? (
        <p>{steps[0]}</p>
      ) : (
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      );
    }
    case 'KERNEL_CHECK_FAILED':
      return (
        <p>{together(absent ? say.device.none.broken : say.device.none.partly, wordsFor(failure).todo)}</p>
      );
    default:
      return <p>{wordsFor(failure).todo}</p>;
  }
}
