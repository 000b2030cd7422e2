/** The browser's own dialog: it keeps the focus inside and closes on Escape. */
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { CloseIcon } from './icons.tsx';
import { say } from './say.ts';

interface DialogProps {
  readonly title: string;
  readonly kind: 'window' | 'drawer' | 'confirm';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open for as long as it is rendered. */
export function Dialog({ title, kind, onClose, children }: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const element = dialog.current;
    if (!element?.open) element?.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={`dialog ${kind}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        // React lets the event rise through a dialog that this one was opened from.
        if (event.target === dialog.current) onClose();
      }}
      onClick={(event) => {
        // The backdrop's clicks arrive at the dialog itself, those inside at what is in it.
        if (event.target === dialog.current) onClose();
      }}
    >
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
