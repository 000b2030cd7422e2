/** What a person should know of this place before relying on it, told until it is understood. */
import { useId, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Caution } from '../../state/device.ts';
import { useApp } from '../appContext.ts';
import { isHandheld } from '../browser.ts';
import { say } from '../say.ts';
import { together } from '../words.ts';

export function Cautions(): ReactNode {
  const { device } = useApp();
  const { storageTrouble, storage, understood, device: state } = useStore(device.store);
  const { blocked, tight, phone } = say.device;
  // Without a GPU only the guide runs, which is small: nothing to warn of.
  const handheld = state.phase === 'ready' && isHandheld(navigator.userAgent, navigator.maxTouchPoints);
  return (
    <>
      {storageTrouble !== null && !understood.includes('storage') && (
        <CautionNote
          caution="storage"
          title={storageTrouble === 'blocked' ? blocked.title : tight.title}
          lines={
            storageTrouble === 'blocked'
              ? [blocked.body, blocked.todo]
              : [tight.body(storage?.quotaBytes ?? 0), tight.todo]
          }
        />
      )}
      {handheld && !understood.includes('phone') && (
        <CautionNote caution="phone" title={phone.title} lines={[phone.body, phone.keep]} />
      )}
    </>
  );
}

interface CautionNoteProps {
  readonly caution: Caution;
  readonly title: string;
  readonly lines: readonly string[];
}

function CautionNote({ caution, title, lines }: CautionNoteProps): ReactNode {
  const { device } = useApp();
  const heading = useId();
  return (
    <section className="notice" aria-labelledby={heading}>
      <strong id={heading}>{title}</strong>
      <p>{together(...lines)}</p>
      <button type="button" onClick={() => device.understand(caution)}>
        {say.device.understood}
      </button>
    </section>
  );
}
