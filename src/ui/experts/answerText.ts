/** The text of an answer on the page, aligned with the Markdown it was made from. */
import { splitReasoning } from '../../state/reasoning.ts';
import { align, within, type AlignedPart } from './align.ts';
import type { TextRange } from '../../state/experts.ts';

/** An answer may stand in several articles, part by part. */
const ANSWER = '.answer[data-message]';
/** Each says where in the answer, or in what was thought before it, its text begins. */
const BLOCK = '.block[data-at]';
const THOUGHTS = '.thoughts';
/** Letters the page adds. */
const NOT_TEXT = 'button, [aria-hidden="true"], .katex-mathml, .unseen';
/** Shows its source in another order: it is one thing, and stands for all of that. */
const FORMULA = '.katex';

type Shown = Text | HTMLElement;

interface AnswerText {
  readonly raw: string;
  readonly nodes: readonly Shown[];
  readonly parts: readonly AlignedPart[];
}

const known = new WeakMap<Element, AnswerText>();

export interface AnswerPart {
  readonly element: HTMLElement;
  readonly message: string;
}

const named = (element: HTMLElement): AnswerPart => ({ element, message: element.dataset['message'] ?? '' });

export function answersOnPage(): readonly AnswerPart[] {
  return [...document.querySelectorAll<HTMLElement>(ANSWER)].map(named);
}

/** The answer around an element; null outside of one. */
export function answerAround(element: Element | null): AnswerPart | null {
  const found = element?.closest<HTMLElement>(ANSWER);
  return found ? named(found) : null;
}

function textOf(answer: Element, raw: string): AnswerText {
  const before = known.get(answer);
  const nodes = shownIn(answer);
  const same = before?.raw === raw && before.nodes.length === nodes.length;
  if (
    same &&
    nodes.every((node, at) => node === before.nodes[at] && sourceOf(node).length === before.parts[at]!.length)
  )
    return before;
  const now = { raw, nodes, parts: partsOf(nodes, raw) };
  known.set(answer, now);
  return now;
}

/** The letters it shows, or the formula it was made from. */
function sourceOf(node: Shown): string {
  if (node instanceof Text) return node.data;
  return node.querySelector('annotation')?.textContent?.trim() ?? '';
}

function shownIn(answer: Element): readonly Shown[] {
  const nodes: Shown[] = [];
  for (const prose of answer.querySelectorAll('.prose')) {
    const walker = document.createTreeWalker(
      prose,
      NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
      (node) => {
        if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
        if (node instanceof HTMLElement && node.matches(FORMULA)) return NodeFilter.FILTER_ACCEPT;
        return (node as Element).matches(NOT_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
      },
    );
    while (walker.nextNode()) nodes.push(walker.currentNode as Shown);
  }
  return nodes;
}

/** Block by block: what went wrong in one is over with it. */
function partsOf(nodes: readonly Shown[], raw: string): readonly AlignedPart[] {
  const { reasoning, answer } = splitReasoning(raw);
  const answerAt = Math.max(0, raw.lastIndexOf(answer));
  const thoughtsAt = Math.max(0, raw.indexOf(reasoning));
  const parts: AlignedPart[] = [];
  let group: string[] = [];
  let block: HTMLElement | null | undefined;
  let from = 0;
  const close = (): void => void parts.push(...align(raw, group, from));
  for (const node of nodes) {
    const own = node.parentElement?.closest<HTMLElement>(BLOCK) ?? null;
    if (own !== block) {
      close();
      group = [];
      from = (own?.closest(THOUGHTS) ? thoughtsAt : answerAt) + Number(own?.dataset['at'] ?? 0);
      block = own;
    }
    group.push(sourceOf(node));
  }
  close();
  return parts;
}

/** What is to be marked on the page: runs of letters, and whole formulas. */
export interface Marked {
  readonly ranges: Range[];
  readonly formulas: HTMLElement[];
}

/** Adds to `marked` what shows passages of the Markdown. */
export function markIn(answer: Element, raw: string, passages: readonly TextRange[], marked: Marked): void {
  if (passages.length === 0) return;
  const { nodes, parts } = textOf(answer, raw);
  let first = 0;
  parts.forEach((part, index) => {
    const node = nodes[index]!;
    const [start, end] = boundsOf(part);
    while (first < passages.length && passages[first]!.end <= start) first++;
    for (let at = first; at < passages.length && passages[at]!.start < end; at++) {
      const run = within(part, passages[at]!.start, passages[at]!.end);
      if (!run) continue;
      if (!(node instanceof Text)) {
        marked.formulas.push(node);
        return;
      }
      const range = new Range();
      range.setStart(node, run.from);
      range.setEnd(node, run.to);
      marked.ranges.push(range);
    }
  });
}

function boundsOf(part: AlignedPart): readonly [number, number] {
  let start = Infinity;
  let end = -1;
  for (let index = 0; index < part.length; index++) {
    const at = part.at(index);
    if (at < 0) continue;
    start = Math.min(start, at);
    end = Math.max(end, at + 1);
  }
  return end < 0 ? [0, 0] : [start, end];
}

/** Offset in the Markdown of a character on the page; -1 where it came from none. */
export function offsetAt(answer: Element, raw: string, node: Node, index: number): number {
  const { nodes, parts } = textOf(answer, raw);
  const at = nodes.indexOf(node as Text);
  return at < 0 ? -1 : parts[at]!.at(index);
}

/** The formula around an element, and where in the Markdown it stands; null outside of one. */
export function formulaAround(answer: Element, raw: string, element: Element): TextRange | null {
  const formula = element.closest<HTMLElement>(FORMULA);
  const { nodes, parts } = textOf(answer, raw);
  const part = formula && parts[nodes.indexOf(formula)];
  if (!part) return null;
  const [start, end] = boundsOf(part);
  return end > start ? { start, end } : null;
}

/** The character under a point of the window; null beside the text. */
export function characterAt(x: number, y: number): { readonly node: Text; readonly index: number } | null {
  const caret = caretAt(x, y);
  if (!(caret?.node instanceof Text)) return null;
  // The caret stands before or behind the character that is meant.
  for (const index of [caret.offset, caret.offset - 1]) {
    if (index < 0 || index >= caret.node.length) continue;
    const range = new Range();
    range.setStart(caret.node, index);
    range.setEnd(caret.node, index + 1);
    const inside = [...range.getClientRects()].some(
      ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
    );
    if (inside) return { node: caret.node, index };
  }
  return null;
}

function caretAt(x: number, y: number): { readonly node: Node; readonly offset: number } | null {
  if (typeof document.caretPositionFromPoint === 'function') {
    const caret = document.caretPositionFromPoint(x, y);
    return caret && { node: caret.offsetNode, offset: caret.offset };
  }
  // Safari before 26.
  const range = document.caretRangeFromPoint(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}
