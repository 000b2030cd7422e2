/** The browser's own dialog: it keeps the focus inside and closes on Escape. */
import { useId, type ReactNode } from 'react';
import { CloseIcon } from './icons.tsx';
import { say } from './say.ts';
import { useModal } from './useModal.ts';

interface DialogProps {
  readonly title: string;
  readonly kind: 'window' | 'drawer' | 'confirm';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open for as long as it is rendered. */
export function Dialog({ title, kind, onClose, children }: DialogProps): ReactNode {
  const modal = useModal(onClose);
  const heading = useId();

  return (
    <dialog {...modal} className={`dialog ${kind}`} aria-labelledby={heading}>
      <div className="dialog-inside">
        <div className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="quiet round" aria-label={say.models.close} onClick={onClose}>
            <CloseIcon />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm({ title, body, confirm, onConfirm, onClose }: ConfirmProps): ReactNode {
  return (
    <Dialog title={title} kind="confirm" onClose={onClose}>
      <p>{body}</p>
      <div className="row end">
        <button type="button" onClick={onClose}>
          {say.chat.cancel}
        </button>
        <button
          type="button"
          className="danger"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
