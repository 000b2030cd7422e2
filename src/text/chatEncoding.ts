/** Prompts as token ids. */
import type { TextFacts } from '../base/textFacts.ts';
import { renderChat, type Message, type RenderOptions } from './chatTemplate.ts';
import { makeInert } from './inertText.ts';
import { decodeBytes, type Tokenizer } from './tokenizer.ts';

export interface EncodeChatOptions extends Partial<RenderOptions> {
  /**
   * The ids the session holds: the last prompt and what the model answered.
   * Where the conversation reads the same, these very ids are given again, so
   * the session keeps what it has computed: a model need not have spelled its
   * answer the way the encoder would.
   */
  readonly previous?: readonly number[];
}

/** Text that is not a chat: begins with the model's first token where it wants one. */
export function encodePrompt(tokenizer: Tokenizer, facts: TextFacts, text: string): number[] {
  const ids = tokenizer.encode(text);
  return facts.addBos && facts.bos !== null ? [facts.bos, ...ids] : ids;
}

/** The ids of a conversation, with one first token and no more. BAD_TEMPLATE as renderChat. */
export function encodeChat(
  tokenizer: Tokenizer,
  facts: TextFacts,
  messages: readonly Message[],
  { addGenerationPrompt = true, variables = {}, previous = [] }: EncodeChatOptions = {},
): number[] {
  const inert = makeInert(messages, tokenizer.controlIds.keys());
  const rendered = renderChat(facts, inert.messages, { addGenerationPrompt, variables });
  const sections = tokenizer
    .splitAtControls(rendered)
    .map((section) => (typeof section === 'string' ? inert.restore(section) : section));
  if (facts.addBos && facts.bos !== null && sections[0] !== facts.bos) sections.unshift(facts.bos);
  return encodeSections(tokenizer, sections, previous);
}

/** Sections are texts and control ids, in turn; `previous` is walked beside them while it agrees. */
function encodeSections(
  tokenizer: Tokenizer,
  sections: readonly (string | number)[],
  previous: readonly number[],
): number[] {
  const ids: number[] = [];
  let at = 0;
  let agrees = true;
  for (const section of sections) {
    if (typeof section === 'number') {
      agrees &&= previous[at] === section;
      at++;
      ids.push(section);
      continue;
    }
    const end = endOfText(tokenizer, previous, at);
    const known = agrees
      ? knownIds(tokenizer, section, previous.slice(at, end), end === previous.length)
      : null;
    agrees = known !== null;
    at = end;
    for (const id of known ?? tokenizer.encode(section)) ids.push(id);
  }
  return ids;
}

function endOfText(tokenizer: Tokenizer, ids: readonly number[], from: number): number {
  let end = from;
  while (end < ids.length && !tokenizer.isControl(ids[end] ?? -1)) end++;
  return end;
}

/** Ids for `text` that begin with as many of `run` as read the same, or null if the run reads otherwise. */
function knownIds(
  tokenizer: Tokenizer,
  text: string,
  run: readonly number[],
  last: boolean,
): number[] | null {
  const read = decodeBytes(run.map((id) => tokenizer.pieceBytes(id)));
  const bare = tokenizer.dropsFirstSpace && read.startsWith(' ') ? read.slice(1) : read;
  if (run.length === 0 || bare === '') return null;
  if (bare === text) return [...run];
  // The session ends inside this text: no control token closed the answer, and the chat goes on.
  if (last && text.startsWith(bare))
    return [...run, ...tokenizer.encode(text.slice(bare.length), { continues: true })];
  // The template trimmed the end of the answer.
  if (bare.startsWith(text)) return idsReading(tokenizer, run, text, read.length - bare.length);
  return null;
}

/** The first of `run` that read exactly `text` after `skipped` characters. */
function idsReading(
  tokenizer: Tokenizer,
  run: readonly number[],
  text: string,
  skipped: number,
): number[] | null {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let length = -skipped;
  for (const [index, id] of run.entries()) {
    length += decoder.decode(tokenizer.pieceBytes(id), { stream: true }).length;
    if (length === text.length) return run.slice(0, index + 1);
    if (length > text.length) return null;
  }
  return null;
}
