/**
 * A growing Markdown text cut where a cut changes nothing, so that only its last
 * block is parsed again as words arrive. A cut is a blank line outside a fence,
 * unless the next line may still belong to the block before it (an indented
 * line, or the next item of a list).
 */
export function blocksOf(text: string): readonly string[] {
  // A link's address may stand anywhere below it: such a text is one block.
  if (/^ {0,3}\[[^\]]+\]:/m.test(text)) return [text];

  const blocks: string[] = [];
  let block: string[] = [];
  let fence = '';
  let blank = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '' && fence === '') {
      blank = true;
    } else {
      if (blank && !continues(block, line)) {
        if (block.length > 0) blocks.push(block.join('\n'));
        block = [];
      }
      blank = false;
    }
    fence = fenceAfter(line, fence);
    block.push(line);
  }
  if (block.some((line) => line.trim() !== '')) blocks.push(block.join('\n'));
  return blocks;
}

const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])( |$)/;

function continues(block: readonly string[], line: string): boolean {
  if (/^( {2,}|\t)/.test(line)) return true;
  const first = block.find((earlier) => earlier.trim() !== '') ?? '';
  return LIST_ITEM.test(first) && LIST_ITEM.test(line);
}

/** The fence that is open after this line: '' for none. */
function fenceAfter(line: string, open: string): string {
  const mark = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
  const [, ticks = '', rest = ''] = mark ?? [];
  if (ticks === '') return open;
  if (open === '') return ticks;
  const closes = ticks.startsWith(open) && rest.trim() === '';
  return closes ? '' : open;
}
