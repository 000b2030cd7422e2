import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { begin, end, fresh, reload } from '../tools/pageState.ts';

beforeEach(begin);
afterEach(end);

describe('conversations in two tabs', () => {
  it('keep conversations in step', async () => {
    const one = await fresh();
    const two = await fresh();
    await one.turn('First', 'One');
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    const { id } = one.facts().conversation;
    await two.conversations.open(id);
    await two.conversations.rename(id, 'Renamed');
    await vi.waitFor(() => expect(one.facts().conversation.title).toBe('Renamed'));
    two.chat.setDraft('typing');
    await one.turn('More', 'Two');
    await vi.waitFor(() => expect(two.said()).toEqual(['First', 'One', 'More', 'Two']));
    expect(two.facts().draft).toBe('typing');
    await one.conversations.remove(id);
    await vi.waitFor(() => expect(two.said()).toEqual([]));
    expect(two.heads()).toEqual([]);
  });

  it('what is spoken in one is not overwritten by the other', async () => {
    const one = await fresh();
    const two = await fresh();
    await one.turn('First', 'One');
    const { id } = one.facts().conversation;
    await one.begin(() => one.chat.regenerate(one.facts().messages[1]?.id ?? ''));
    one.asked.at(-1)?.say('Two');
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    await two.conversations.open(id);
    const body = await two.shelf.body(id);
    two.shelf.keep({ ...two.heads()[0]!, pinned: true }, body!);
    await two.shelf.flush();
    await vi.waitFor(() => expect(one.heads()[0]?.pinned).toBe(true));
    expect(one.facts().answering).not.toBeNull();
    one.asked.at(-1)?.end();
    await vi.waitFor(() => expect(one.said()).toEqual(['First', 'Two']));
    await one.shelf.flush();
    await vi.waitFor(() => expect(two.said()).toEqual(['First', 'Two']));
    expect(two.heads()[0]?.pinned).toBe(true);
  });

  it('a question that is edited in one keeps what was asked in the other meanwhile', async () => {
    const one = await fresh();
    const two = await fresh();
    await one.turn('First', 'One');
    const { id } = one.facts().conversation;
    const question = one.facts().messages[0]?.id ?? '';
    one.chat.edit(question);
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    await two.conversations.open(id);
    await two.turn('More', 'Two');
    await vi.waitFor(() => expect(one.said()).toEqual(['First', 'One', 'More', 'Two']));
    expect(one.facts().editing).toBe(question);
    const { say, end: finish } = await one.begin(() => one.chat.rewrite(question, 'Other'));
    say('Three');
    finish();
    await vi.waitFor(() => expect(one.said()).toEqual(['Other', 'Three']));
    const again = await reload(one);
    again.chat.choose(again.facts().messages[0]?.id ?? '', -1);
    expect(again.said()).toEqual(['First', 'One', 'More', 'Two']);
  });

  it('what only one of them has comes back where the other wrote without it', async () => {
    const one = await fresh();
    const two = await fresh();
    await one.turn('First', 'One');
    const { id } = one.facts().conversation;
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    const body = await two.shelf.body(id);
    await one.turn('More', 'Two');
    await vi.waitFor(() => expect(two.heads()[0]).toEqual(one.heads()[0]));
    two.shelf.keep(two.heads()[0]!, body!);
    await two.shelf.flush();
    await vi.waitFor(async () => expect((await two.shelf.body(id))?.messages).toHaveLength(4));
    expect(one.said()).toEqual(['First', 'One', 'More', 'Two']);
  });

  it('what the other wrote while one speaks stands beside what is spoken', async () => {
    const one = await fresh();
    const two = await fresh();
    await one.turn('First', 'One');
    const { id } = one.facts().conversation;
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    const [question, answer] = (await two.shelf.body(id))?.messages ?? [];
    const { say, end: finish } = await one.ask('Mine');
    await one.shelf.flush();
    const theirs = { ...question!, id: 'theirs', parent: answer!.id, content: 'Theirs' };
    two.shelf.keep(two.heads()[0]!, {
      messages: [question!, answer!, theirs],
      chosen: { [answer!.id]: 'theirs' },
    });
    await two.shelf.flush();
    await vi.waitFor(() => expect(one.facts().tree.messages).toHaveLength(4));
    expect(one.said()).toEqual(['First', 'One', 'Mine']);
    say('Two');
    finish();
    await vi.waitFor(() => expect(one.said()).toEqual(['First', 'One', 'Mine', 'Two']));
    const again = await reload(one);
    again.chat.choose(again.facts().messages[2]?.id ?? '', -1);
    expect(again.said()).toEqual(['First', 'One', 'Theirs']);
  });

  it('what is removed in one while the other speaks in it comes back with the answer', async () => {
    const one = await fresh();
    const two = await fresh();
    const { say, end: finish } = await one.ask('First');
    await one.shelf.flush();
    say('One');
    const { id } = one.facts().conversation;
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    await two.conversations.remove(id);
    await two.shelf.flush();
    await vi.waitFor(() => expect(one.heads()).toEqual([]));
    expect(one.facts().answering).not.toBeNull();
    finish();
    await vi.waitFor(() => expect(one.said()).toEqual(['First', 'One']));
    await vi.waitFor(() => expect(two.heads()).toHaveLength(1));
    await two.conversations.undoRemove();
    await two.shelf.flush();
    expect((await two.shelf.body(id))?.messages).toHaveLength(2);
  });
});
