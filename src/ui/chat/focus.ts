/** Where the focus goes when what has it is about to go. */

export function focusField(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus({ preventScroll: true });
}

/** A click by a key counts no presses of a pointer; after one by touch the field would bring up a keyboard. */
export const isByKey = (detail: number): boolean => detail === 0;

/** For who goes on by writing, after a click that takes its button away. */
export function focusToWrite(detail: number): void {
  if (isByKey(detail) || matchMedia('(pointer: fine)').matches) focusField();
}

/** Keys scroll there, and on a touch screen no keyboard comes up. */
export function focusConversation(within: Element): void {
  within.closest<HTMLElement>('.conversation')?.focus({ preventScroll: true });
}

/** A button pressed by a key is about to go, with what it stands in: on to the first of its dialog, or to the field. */
export function leaveByKey(button: Element, detail: number): void {
  if (!isByKey(detail)) return;
  const dialog = button.closest('dialog');
  if (dialog) dialog.querySelector('button')?.focus();
  else focusField();
}
