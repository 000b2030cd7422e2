/**
 * The control tokens by which models mark what is reasoning. An answer's text
 * keeps them, since whoever shows it folds what is between; others are left out.
 */
import { decodeBytes, type Tokenizer } from './tokenizer.ts';

type Vocabulary = Pick<Tokenizer, 'controlIds' | 'pieceBytes'>;

const PAIRS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|channel>', '<channel|>'],
];

/** In the harmony format every message names its channel between these. */
const CHANNEL = '<|channel|>';
const HARMONY: readonly string[] = [CHANNEL, '<|message|>', '<|start|>', '<|end|>'];

/** Ids of the control tokens of this vocabulary that are told as text. */
export function reasoningMarks({ controlIds }: Vocabulary): ReadonlySet<number> {
  const spellings = [...PAIRS.flat(), ...(controlIds.has(CHANNEL) ? HARMONY : [])];
  const ids = spellings.map((spelling) => controlIds.get(spelling));
  return new Set(ids.filter((id) => id !== undefined));
}

/** Room for the longest mark, spelled in single letters, and a line's end. */
const TAIL = 24;

/**
 * The mark with which the template itself has opened the reasoning, at the end
 * of the prompt: the model's answer then begins inside it. '' where it has not.
 */
export function openedReasoning({ pieceBytes }: Vocabulary, prompt: readonly number[]): string {
  const end = decodeBytes(prompt.slice(-TAIL).map(pieceBytes)).trimEnd();
  return PAIRS.map(([open]) => open).find((open) => end.endsWith(open)) ?? '';
}

export function closingMark(open: string): string {
  return PAIRS.find(([begins]) => begins === open)?.[1] ?? '';
}
