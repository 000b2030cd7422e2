import { useLayoutEffect, useRef, type MouseEvent, type RefObject, type SyntheticEvent } from 'react';

interface Modal {
  readonly ref: RefObject<HTMLDialogElement | null>;
  readonly onCancel: (event: SyntheticEvent<HTMLDialogElement>) => void;
  readonly onClick: (event: MouseEvent<HTMLDialogElement>) => void;
}

/** For a `<dialog>` that is modal for as long as it is rendered; Escape and a click beside it ask to close. */
export function useModal(onClose: () => void): Modal {
  const ref = useRef<HTMLDialogElement>(null);

  // Closed while it is still on the page, or the focus would not go back to where it was.
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element?.open) element?.showModal();
    return () => element?.close();
  }, []);

  return {
    ref,
    onCancel: (event) => {
      event.preventDefault();
      // React lets the event rise through a dialog that this one was opened from.
      if (event.target === ref.current) onClose();
    },
    onClick: (event) => {
      // The backdrop's clicks arrive at the dialog itself, those inside at what is in it.
      if (event.target === ref.current) onClose();
    },
  };
}

/** While one is open, keys are for what is in it. */
export function isModalOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
