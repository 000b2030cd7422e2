/**
 * Keeps text that people wrote from becoming control tokens. The template is
 * rendered over messages in which every spelled control token is replaced by a
 * placeholder; after the rendered text is cut at the template's own control
 * tokens, each placeholder becomes the spelled text again, and is encoded as
 * text. The rest of a message stays as it is, so a template that trims it or
 * looks into it does what its author meant.
 */
import type { Message } from './chatTemplate.ts';

export interface InertMessages {
  readonly messages: readonly Message[];
  restore(text: string): string;
}

/** A code point that Unicode keeps for such use inside a program. */
const MARK = '\uFDD0';

export function makeInert(messages: readonly Message[], controls: Iterable<string>): InertMessages {
  const spelled = [...controls].filter((control) =>
    messages.some(({ content }) => content.includes(control)),
  );
  if (spelled.length === 0) return { messages, restore: (text) => text };
  spelled.sort((a, b) => b.length - a.length);
  // Longer than any run the messages hold, so that none can forge a placeholder.
  const mark = MARK.repeat(longestRun(messages) + 1);
  const spelling = new RegExp(spelled.map(escapePattern).join('|'), 'g');
  const placeholder = new RegExp(`${mark}(\\d+)${mark}`, 'g');
  return {
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.replace(spelling, (control) => `${mark}${spelled.indexOf(control)}${mark}`),
    })),
    restore: (text) => text.replace(placeholder, (_, index: string) => spelled[Number(index)] ?? ''),
  };
}

function longestRun(messages: readonly Message[]): number {
  let longest = 0;
  for (const { content } of messages) {
    for (const run of content.match(new RegExp(`${MARK}+`, 'g')) ?? [])
      longest = Math.max(longest, run.length);
  }
  return longest;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
