/** An answer that was cut, as ids to go on from. */
import { openedReasoning, closingMark, reasoningMarks } from './reasoningMarks.ts';
import { createStreamDecoder } from './streamDecoder.ts';
import { decodeBytes, type Tokenizer } from './tokenizer.ts';

/**
 * The ids after `prompt` that read `text`, an answer as it was told so far.
 * Where the session that held `previous` still holds that answer they are its
 * own, so that it goes on as if it had never been cut; else `text` is encoded,
 * of its control tokens none but the marks of reasoning.
 */
export function encodeBegun(
  tokenizer: Tokenizer,
  prompt: readonly number[],
  text: string,
  previous: readonly number[],
): number[] {
  const said = afterOpening(text, openedReasoning(tokenizer, prompt));
  if (prompt.every((id, at) => previous[at] === id)) {
    const made = previous.slice(prompt.length);
    const decoder = createStreamDecoder(tokenizer, { marks: true });
    if (made.length > 0 && made.map((id) => decoder.push(id)).join('') === said) return made;
  }
  const marks = reasoningMarks(tokenizer);
  const sections: (string | number)[] = [];
  for (const section of tokenizer.splitAtControls(said)) {
    const read = typeof section === 'string' || marks.has(section) ? section : spelled(tokenizer, section);
    const last = sections.at(-1);
    if (typeof read === 'string' && typeof last === 'string') sections[sections.length - 1] = last + read;
    else sections.push(read);
  }
  return sections.flatMap((section) =>
    typeof section === 'string' ? tokenizer.encode(section, { continues: true }) : [section],
  );
}

const spelled = (tokenizer: Tokenizer, id: number): string => decodeBytes([tokenizer.pieceBytes(id)]);

/** What of the answer comes after the mark with which the template opened the reasoning. */
function afterOpening(text: string, opened: string): string {
  if (opened === '') return text;
  if (text.startsWith(opened)) return text.slice(opened.length).replace(/^\n/, '');
  // Another model's answer, without reasoning: it is not to become some.
  return `\n${closingMark(opened)}\n\n${text}`;
}
