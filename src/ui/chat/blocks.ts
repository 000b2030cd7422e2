/**
 * A growing Markdown text cut where a cut changes nothing, so that only its last
 * block is parsed again as words arrive. Blocks end at blank lines outside of
 * fences, unless the next line may still belong to them (an indented line, the
 * next item of a list). What would grow without end is cut as well: lists
 * between items, tables between rows (the head is said again), lines between
 * words. Code that stands alone is a block of its own and never parsed at all.
 */
interface Cut {
  /** Where it begins in the text: what names it, since earlier blocks never change. */
  readonly at: number;
  /** It goes on where the block before it was cut for its length. */
  readonly joined: boolean;
}

export interface TextBlock extends Cut {
  readonly kind: 'text';
  readonly text: string;
  /** Head of the table that was cut: it is part of `text`, but not of the source there. */
  readonly head: string;
}

export interface CodeBlock extends Cut {
  readonly kind: 'code';
  readonly text: string;
  readonly language: string;
  /** Its closing fence has come. */
  readonly closed: boolean;
}

/** What a footnote says, in its place. */
export interface NoteBlock extends Cut {
  readonly kind: 'note';
  readonly label: string;
  readonly text: string;
}

export type Block = TextBlock | CodeBlock | NoteBlock;

/** Parsing and drawing this much takes a few milliseconds. */
const LONG = 2000;
/** No block of running text is longer. */
const LONGEST = 4000;

/** `before` is what the beginning of the same text was cut into; only its end is looked at again. */
export function blocksOf(text: string, before: readonly Block[] = []): readonly Block[] {
  // The last two: what looks like a new block may turn out to continue the one before.
  const kept = before.slice(0, -2);
  const next = before[kept.length];
  const found = [...kept];
  let open: Open | null = next
    ? { at: next.at, joined: next.joined, head: next.kind === 'text' ? next.head : '' }
    : { at: 0, joined: false, head: '' };
  while (open) open = cutOne(text, open, found);
  return found;
}

/** Where the next block begins, and what it continues. */
interface Open {
  readonly at: number;
  readonly joined: boolean;
  readonly head: string;
}

const fresh = (at: number): Open => ({ at, joined: false, head: '' });

const FENCE = /^( {0,3})(`{3,}|~{3,})([^\n]*)$/;
const NOTE = /^ {0,3}\[\^([^\]\s]+)\]:[ \t]?/;
const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])( |$)/;
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-*:?[ \t]*)*$/;

/** Adds one block; gives where to go on, or null at the end. */
function cutOne(text: string, open: Open, found: Block[]): Open | null {
  const start = afterBlankLines(text, open.at);
  if (start >= text.length) return null;
  const begun = start === open.at ? open : fresh(open.at);
  const first = lineAt(text, start);
  const fence = open.joined ? null : fenceOf(first);
  if (fence) return cutCode(text, start, fence, found);
  return cutText(text, { ...begun, at: start }, first, found);
}

interface Fence {
  readonly indent: number;
  readonly ticks: string;
  readonly language: string;
}

function fenceOf(line: string): Fence | null {
  const [, indent = '', ticks = '', info = ''] = FENCE.exec(line) ?? [];
  // Backticks after backticks are code within a line.
  if (ticks === '' || (ticks.startsWith('`') && info.includes('`'))) return null;
  return { indent: indent.length, ticks, language: /^\s*([\w+#.-]*)/.exec(info)?.[1] ?? '' };
}

function cutCode(text: string, start: number, fence: Fence, found: Block[]): Open | null {
  const lines: string[] = [];
  const block = { kind: 'code', at: start, joined: false, language: fence.language } as const;
  let at = afterLine(text, start);
  while (at < text.length) {
    const line = lineAt(text, at);
    at = afterLine(text, at);
    if (closes(line, fence.ticks)) {
      found.push({ ...block, text: lines.join('\n'), closed: true });
      return fresh(at);
    }
    lines.push(fence.indent > 0 ? line.replace(new RegExp(`^ {0,${fence.indent}}`), '') : line);
  }
  found.push({ ...block, text: lines.join('\n'), closed: false });
  return null;
}

function closes(line: string, ticks: string): boolean {
  const found = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return found?.startsWith(ticks) === true;
}

function cutText(text: string, open: Open, first: string, found: Block[]): Open | null {
  const start = open.at;
  const list = LIST_ITEM.test(first);
  const head = open.head === '' ? headOf(text, start, first) : open.head;
  /** The fence open inside of a list or a quotation. */
  let inner = '';
  let blank = false;
  const close = (end: number, next: Omit<Open, 'at'>): Open => {
    push(found, text, open, end);
    return { at: end, ...next };
  };
  for (let at = start; at < text.length; at = afterLine(text, at)) {
    const line = lineAt(text, at);
    const far = at - start;
    if (inner === '' && line.trim() === '') {
      blank = true;
      continue;
    }
    if (far > 0 && inner === '') {
      if (blank && !continues(list, line)) return close(at, { joined: false, head: '' });
      const fence = fenceOf(line);
      if ((fence && (fence.indent === 0 || !list)) || NOTE.test(line))
        return close(at, { joined: false, head: '' });
      if (far > LONG && list && LIST_ITEM.test(line)) return close(at, { joined: true, head: '' });
      if (far > LONG && head !== '' && line.includes('|')) return close(at, { joined: true, head });
    }
    if (far + line.length > LONGEST && (inner === '' || far > 4 * LONGEST))
      return close(cutBetweenWords(text, Math.max(start, at), start), { joined: true, head: '' });
    inner = fenceAfter(line, inner);
    blank = false;
  }
  push(found, text, open, text.length);
  return null;
}

function push(found: Block[], text: string, { at, joined, head }: Open, end: number): void {
  const source = text.slice(at, end).trimEnd();
  if (source === '') return;
  const note = joined ? null : NOTE.exec(source);
  if (note)
    found.push({ kind: 'note', at, joined, label: note[1] ?? '', text: source.slice(note[0].length) });
  else found.push({ kind: 'text', at, joined, head, text: head === '' ? source : `${head}\n${source}` });
}

/** Before the line that made the block too long, or within it where that line alone does. */
function cutBetweenWords(text: string, line: number, start: number): number {
  if (line > start) return line;
  const space = text.slice(start, start + LONGEST).search(/\s\S*$/);
  const end = start + (space > LONGEST / 2 ? space + 1 : LONGEST);
  // Not in the middle of a character of two code units.
  return /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

/** The two lines a table begins with; '' where none does. */
function headOf(text: string, start: number, first: string): string {
  const second = lineAt(text, afterLine(text, start));
  return first.includes('|') && TABLE_RULE.test(second) ? `${first}\n${second}` : '';
}

function continues(list: boolean, line: string): boolean {
  return /^( {2,}|\t)/.test(line) || (list && LIST_ITEM.test(line));
}

/** The fence that is open after this line: '' for none. */
function fenceAfter(line: string, open: string): string {
  const [, ticks = '', rest = ''] = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)]) +)?(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (ticks === '') return open;
  if (open === '') return rest.includes('`') ? '' : ticks;
  return ticks.startsWith(open) && rest.trim() === '' ? '' : open;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(at, end < 0 ? text.length : end);
}

function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function afterBlankLines(text: string, at: number): number {
  for (let start = at; start < text.length; start = afterLine(text, start)) {
    if (lineAt(text, start).trim() !== '') return start;
  }
  return text.length;
}
