/** Where the focus goes when what has it is about to go. */

export function focusField(): void {
  document.querySelector<HTMLElement>('.composer textarea')?.focus({ preventScroll: true });
}

/** A click by a key counts no presses of a pointer; after one by touch the field would bring up a keyboard. */
export const isByKey = (detail: number): boolean => detail === 0;

/** Keys scroll there, and on a touch screen no keyboard comes up. */
export function focusConversation(within: Element): void {
  within.closest<HTMLElement>('.conversation')?.focus({ preventScroll: true });
}
