/**
 * The page drawn anew in another language, of the same shape: the focus goes to
 * what stands where it was, and so does the way back out of an open dialog.
 */
type Place = readonly number[];

export function redrawInPlace(draw: () => void): void {
  const focused = placeOfFocus();
  const caret = caretOf(document.activeElement);
  // One that closes gives the focus to whatever opened it.
  openDialog()?.close();
  const opener = placeOfFocus();
  draw();
  const dialog = openDialog();
  dialog?.close();
  focusAt(opener);
  dialog?.showModal();
  focusAt(focused);
  const field = document.activeElement;
  if (caret && field instanceof HTMLTextAreaElement) field.setSelectionRange(...caret);
}

function caretOf(field: Element | null): [from: number, to: number] | null {
  return field instanceof HTMLTextAreaElement ? [field.selectionStart, field.selectionEnd] : null;
}

function openDialog(): HTMLDialogElement | null {
  return document.querySelector('dialog[open]');
}

/** Which child of which child of the page. */
function placeOfFocus(): Place {
  const place: number[] = [];
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement)
    place.unshift([...(at.parentElement?.children ?? [])].indexOf(at));
  return place;
}

function focusAt(place: Place): void {
  const element = place.reduce<Element | undefined>((at, index) => at?.children[index], document.body);
  if (element instanceof HTMLElement && element !== document.body) element.focus({ preventScroll: true });
}
