/** Hands the user a file that was made on this page. */
import type { TextFile } from './conversationFiles.ts';

/** The browser has begun to read it long before. */
const KEPT_FOR_MS = 60_000;

export function download({ name, type, text }: TextFile): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_FOR_MS);
}
