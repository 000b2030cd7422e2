/**
 * Where the graphics processor can't be used: why, what works all the same, and how
 * this browser may give it. A notice beside a working chat, since the guide answers
 * on the processor.
 */
import { useId, type ReactNode } from 'react';
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
  return (
    <section className="notice" aria-labelledby={heading}>
      <strong id={heading}>{title}</strong>
      <p>{together(happened, say.device.none.meanwhile)}</p>
      <details open={open}>
        <summary>{say.device.none.how}</summary>
        <Steps failure={failure} />
        <button type="button" onClick={() => void device.ask()}>
          {say.device.none.retry}
        </button>
      </details>
    </section>
  );
}

function Steps({ failure }: { readonly failure: Failure }): ReactNode {
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
      return <p>{together(say.device.none.broken, wordsFor(failure).todo)}</p>;
    default:
      return <p>{wordsFor(failure).todo}</p>;
  }
}
