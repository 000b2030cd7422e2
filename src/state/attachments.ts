/** Text files given with a question: reading them, and how the model is shown them. */
import type { Attachment, Message } from './conversation.ts';

export const MOST_FILE_BYTES = 4 * 1024 * 1024;

/** Of a text in no known vocabulary, as a rule of thumb. */
const CHARACTERS_PER_TOKEN = 4;

export type Reading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'binary' | 'empty' | 'large' | 'unreadable' };

/** A file in UTF-16 says so by its first bytes; all others are UTF-8. */
function encodingOf(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

export async function readTextFile(file: File): Promise<Reading> {
  if (file.size > MOST_FILE_BYTES) return { ok: false, why: 'large' };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    // A folder, or a file that was moved since it was chosen.
    return { ok: false, why: 'unreadable' };
  }
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (text.includes('\0')) return { ok: false, why: 'binary' };
    return text.trim() === '' ? { ok: false, why: 'empty' } : { ok: true, text };
  } catch {
    return { ok: false, why: 'binary' };
  }
}

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** What the model reads of a question: its files first, each fenced under its name, then the words. */
export function withFiles({ content, attachments }: Pick<Message, 'content' | 'attachments'>): string {
  return [...attachments.map(fenced), content].filter((part) => part !== '').join('\n\n');
}

/** The fence is longer than any in the file, so the file can't end it. */
function fenced({ name, text }: Attachment): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const line = name.replace(/\s+/g, ' ');
  return `File: ${line}\n${fence}\n${text.endsWith('\n') ? text : `${text}\n`}${fence}`;
}
