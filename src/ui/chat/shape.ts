/**
 * An answer as it is drawn: what it reasoned, and its text in parts. A part is
 * a row of the page's virtual list, about a screen or two long; one that has
 * another after it never changes again.
 */
import type { Message } from '../../state/chat.ts';
import { splitReasoning } from '../../state/reasoning.ts';
import { blocksOf, type Block } from './blocks.ts';

export interface Part {
  /** Where its first block begins in the answer. */
  readonly at: number;
  readonly blocks: readonly Block[];
}

export interface Shape {
  readonly reasoning: string;
  /** It reasons still. */
  readonly open: boolean;
  readonly answer: string;
  readonly parts: readonly Part[];
  /** Addresses of links and what footnotes say, wherever they stand: any block may point at them. */
  readonly definitions: string;
}

/** A few pages of a book: drawn in about ten milliseconds. */
export const PART_LENGTH = 3000;

function partsOf(blocks: readonly Block[], before: readonly Part[] = []): readonly Part[] {
  const parts: { at: number; blocks: Block[] }[] = [];
  for (const block of blocks) {
    const part = parts.at(-1);
    if (part && block.at - part.at < PART_LENGTH) part.blocks.push(block);
    else parts.push({ at: block.at, blocks: [block] });
  }
  return parts.map((part, n) => (before[n] && sameBlocks(before[n], part) ? before[n] : part));
}

function sameBlocks(a: Part, b: Part): boolean {
  return a.blocks.length === b.blocks.length && a.blocks.every((block, n) => block === b.blocks[n]);
}

const DEFINITION = /^ {0,3}\[[^\]\n]+\]:[ \t]*\S.*$/gm;

function shapeFrom(text: string, before: Shape | null): Shape {
  const { reasoning, open, answer } = splitReasoning(text);
  const grown = before !== null && answer.startsWith(before.answer);
  const blocks = blocksOf(answer, grown ? before.parts.flatMap((part) => part.blocks) : []);
  const parts = partsOf(blocks, grown ? before.parts : []);
  const definitions = (answer.match(DEFINITION) ?? []).join('\n\n');
  return { reasoning, open, answer, parts, definitions };
}

const finished = new WeakMap<Message, Shape>();
/** The answer being spoken grows from its last shape; when it ends, its message does so once more. */
let latest: { readonly id: string; readonly text: string; readonly shape: Shape } | null = null;

export function shapeOf(message: Message): Shape {
  const known = finished.get(message);
  if (known) return known;
  const shape = shapeFrom(message.content, latest?.id === message.id ? latest.shape : null);
  finished.set(message, shape);
  return shape;
}

export function liveShape(id: string, text: string): Shape {
  if (latest?.id === id && latest.text === text) return latest.shape;
  const shape = shapeFrom(text, latest?.id === id ? latest.shape : null);
  latest = { id, text, shape };
  return shape;
}
