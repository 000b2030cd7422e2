/**
 * A growing Markdown text cut where a cut changes nothing, so that only its last
 * block is parsed again as words arrive. A cut is a blank line outside a fence,
 * unless the next line may still belong to the block before it (an indented
 * line, or the next item of a list).
 */
export interface Block {
  /** The line it begins at: what names it, since earlier blocks never change. */
  readonly line: number;
  readonly text: string;
}

export function blocksOf(text: string): readonly Block[] {
  // A link's address may stand anywhere below the link: such a text is one block.
  if (/^ {0,3}\[[^\]]+\]:/m.test(text)) return [{ line: 0, text }];

  const lines = text.split('\n');
  const blocks: Block[] = [];
  let start = 0;
  let fence = '';
  let blank = false;
  lines.forEach((line, at) => {
    if (fence === '' && line.trim() === '') {
      blank = true;
      return;
    }
    if (blank && !continues(lines[start] ?? '', line)) {
      push(blocks, start, lines.slice(start, at));
      start = at;
    }
    blank = false;
    fence = fenceAfter(line, fence);
  });
  push(blocks, start, lines.slice(start));
  return blocks;
}

function push(blocks: Block[], line: number, lines: readonly string[]): void {
  const text = lines.join('\n').trimEnd();
  if (text !== '') blocks.push({ line, text });
}

const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])( |$)/;

function continues(first: string, line: string): boolean {
  if (/^( {2,}|\t)/.test(line)) return true;
  return LIST_ITEM.test(first) && LIST_ITEM.test(line);
}

/** The fence that is open after this line: '' for none. */
function fenceAfter(line: string, open: string): string {
  const [, ticks = '', rest = ''] = /^\s*(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (ticks === '') return open;
  if (open === '') return ticks;
  const closes = ticks.startsWith(open) && rest.trim() === '';
  return closes ? '' : open;
}
