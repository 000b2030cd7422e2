import { describe, expect, it } from 'vitest';
import type { Message } from './conversation.ts';
import { chooseBeside, NO_MESSAGES, pathTo, siblingsOf, treeOf, visiblePath, withMessage } from './tree.ts';

function message(id: string, parent: string | null): Message {
  return {
    id,
    parent,
    role: id.startsWith('q') ? 'user' : 'assistant',
    content: id,
    createdAt: 0,
    figures: null,
    end: null,
    droppedMessages: 0,
    reasoningMs: null,
    attachments: [],
  };
}

/** q1 ─ a1 ─ q2 ─ a2, with a second answer a1b to q1 that q3 follows. */
const BRANCHED = treeOf({
  messages: [
    message('q1', null),
    message('a1', 'q1'),
    message('q2', 'a1'),
    message('a2', 'q2'),
    message('a1b', 'q1'),
    message('q3', 'a1b'),
  ],
  chosen: {},
});
const shown = (tree = BRANCHED): string =>
  visiblePath(tree)
    .map(({ id }) => id)
    .join(' ');

describe('a tree of messages', () => {
  it('shows the newest branch where none was chosen', () => {
    expect(shown()).toBe('q1 a1b q3');
    expect(shown(NO_MESSAGES)).toBe('');
  });

  it('counts and chooses siblings, and keeps what was chosen below them', () => {
    expect(siblingsOf(BRANCHED, 'a1')).toEqual({ at: 1, count: 2 });
    expect(siblingsOf(BRANCHED, 'a1b')).toEqual({ at: 2, count: 2 });
    expect(siblingsOf(BRANCHED, 'q2')).toEqual({ at: 1, count: 1 });
    expect(siblingsOf(BRANCHED, 'being spoken')).toEqual({ at: 1, count: 1 });
    const back = chooseBeside(BRANCHED, 'a1b', -1);
    expect(shown(back)).toBe('q1 a1 q2 a2');
    expect(shown(chooseBeside(back, 'a1', 1))).toBe('q1 a1b q3');
    expect(chooseBeside(BRANCHED, 'a1', -1)).toBe(BRANCHED);
    expect(chooseBeside(BRANCHED, 'a1b', 1)).toBe(BRANCHED);
  });

  it('shows what is added, at the root too', () => {
    const again = withMessage(chooseBeside(BRANCHED, 'a1b', -1), message('a1c', 'q1'));
    expect(shown(again)).toBe('q1 a1c');
    expect(siblingsOf(again, 'a1c')).toEqual({ at: 3, count: 3 });
    const reworded = withMessage(again, message('q1b', null));
    expect(shown(reworded)).toBe('q1b');
    expect(shown(chooseBeside(reworded, 'q1b', -1))).toBe('q1 a1c');
  });

  it('is the same after it was written and read', () => {
    const { messages, chosen } = withMessage(BRANCHED, message('a1c', 'q1'));
    expect(shown(treeOf({ messages, chosen }))).toBe('q1 a1c');
  });

  it('walks to a message that is not shown', () => {
    expect(pathTo(BRANCHED, 'q2').map(({ id }) => id)).toEqual(['q1', 'a1', 'q2']);
    expect(pathTo(BRANCHED, 'nobody')).toEqual([]);
  });

  it('ignores a choice that is no longer there, and ends in a circle', () => {
    expect(shown(treeOf({ ...BRANCHED, chosen: { q1: 'gone' } }))).toBe('q1 a1b q3');
    const circle = treeOf({ messages: [message('q1', 'a1'), message('a1', 'q1')], chosen: { '': 'q1' } });
    expect(visiblePath(circle)).toEqual([]);
    expect(pathTo(circle, 'a1').length).toBeLessThanOrEqual(2);
  });

  it('is cheap for 2,000 messages', () => {
    const id = (at: number): string => `${at % 2 ? 'a' : 'q'}${at}`;
    const messages = Array.from({ length: 2000 }, (_, at) => message(id(at), at === 0 ? null : id(at - 1)));
    const tree = treeOf({ messages, chosen: {} });
    const times = Array.from({ length: 40 }, () => {
      const from = performance.now();
      visiblePath(withMessage(tree, message('q', 'a1999')));
      return performance.now() - from;
    });
    // The quickest, since this machine has much else to do: within half a frame.
    expect(Math.min(...times)).toBeLessThan(8);
    expect(visiblePath(tree)).toHaveLength(2000);
  });
});
