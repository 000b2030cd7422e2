import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { begin, end, fresh, open, reload } from '../tools/pageState.ts';

beforeEach(begin);
afterEach(end);

describe('among conversations', () => {
  it('an answer goes on while another is open, and is there on coming back', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    await page.turn('Second', 'Two');
    const second = page.facts().conversation.id;
    await page.ask('More');
    page.asked.at(-1)?.say('Three ');
    await page.conversations.open(first);
    expect(page.said()).toEqual(['First', 'One']);
    expect(page.facts()).toMatchObject({ answering: null, elsewhere: second });
    page.asked.at(-1)?.say('and four');
    await page.conversations.open(second);
    expect(page.said()).toEqual(['Second', 'Two', 'More']);
    expect(page.facts().answering).not.toBeNull();
    await page.conversations.open(first);
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.facts().elsewhere).toBeNull());
    expect(page.said()).toEqual(['First', 'One']);
    await page.conversations.open(second);
    expect(page.said()).toEqual(['Second', 'Two', 'More', 'Three and four']);
  });

  it('asking here ends the answer elsewhere, which keeps what it had', async () => {
    const page = await fresh();
    await page.ask('First');
    page.asked.at(-1)?.say('One');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    await page.turn('Second', 'Two');
    expect(page.said()).toEqual(['Second', 'Two']);
    await page.conversations.open(first);
    expect(page.said()).toEqual(['First', 'One']);
    expect(page.facts().messages[1]?.end).toBe('aborted');
  });

  it('a question asked here while one is answered elsewhere stands at once, and stays where it was asked', async () => {
    const page = await fresh();
    await page.ask('First');
    page.asked.at(-1)?.say('One');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    const second = page.facts().conversation.id;
    // The worker takes its time to stop.
    const stopping = page.holdCancel();
    page.chat.setDraft('Second');
    page.chat.send();
    expect(page.said()).toEqual(['Second']);
    expect(page.facts().answering).not.toBeNull();
    page.chat.setDraft('typed meanwhile');
    page.chat.send();
    expect(page.facts().draft).toBe('typed meanwhile');
    await page.conversations.create();
    await page.begin(stopping);
    page.asked.at(-1)?.say('Two');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.facts().elsewhere).toBeNull());
    expect(page.said()).toEqual([]);
    await page.conversations.open(second);
    expect(page.said()).toEqual(['Second', 'Two']);
    expect(page.facts().draft).toBe('typed meanwhile');
    await page.conversations.open(first);
    expect(page.said()).toEqual(['First', 'One']);
  });

  it('a question stopped while it waits for the answer elsewhere to end is not asked', async () => {
    const page = await fresh();
    await page.ask('First');
    await page.conversations.create();
    const release = page.holdCancel();
    page.chat.setDraft('Second');
    page.chat.send();
    page.chat.stop();
    release();
    await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    expect(page.said()).toEqual(['Second']);
    expect(page.asked).toHaveLength(1);
  });

  it('keeps what is written the moment a new one is opened', async () => {
    const page = await fresh();
    page.chat.setDraft('of a new one');
    await page.turn('First', 'One');
    const opened = page.conversations.create();
    page.chat.setDraft('typed at once');
    await opened;
    expect(page.facts().draft).toBe('typed at once');
  });

  it('keeps a draft for each, and one for a new chat, over a reload', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const first = page.facts().conversation.id;
    page.chat.setDraft('of the first');
    await page.conversations.create();
    expect(page.facts().draft).toBe('');
    page.chat.setDraft('of a new one');
    await page.conversations.open(first);
    expect(page.facts().draft).toBe('of the first');
    const again = await reload(page);
    expect(again.facts().draft).toBe('of the first');
    await again.conversations.create();
    expect(again.facts().draft).toBe('of a new one');
    await again.turn('of a new one', 'Two');
    await again.conversations.create();
    expect(again.facts().draft).toBe('');
  });

  it('renames, pins, and names by the question again', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const { id } = page.facts().conversation;
    await page.conversations.rename(id, '  Rainbows ');
    page.conversations.pin(id, true);
    await page.turn('More', 'Two');
    const again = await reload(page);
    expect(again.heads()).toMatchObject([{ id, title: 'Rainbows', titledBy: 'user', pinned: true }]);
    expect(again.facts().conversation.title).toBe('Rainbows');
    await again.conversations.rename(id, ' ');
    expect(again.heads()).toMatchObject([{ title: 'First', titledBy: 'question' }]);
  });

  it('removes, takes it back, and removes for good', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const { id } = page.facts().conversation;
    await page.conversations.remove(id);
    expect(page.heads()).toEqual([]);
    expect(page.said()).toEqual([]);
    expect(page.notices.store.getState().notices).toMatchObject([
      { kind: 'removed', head: { title: 'First' } },
    ]);
    await page.conversations.undoRemove();
    expect(page.said()).toEqual(['First', 'One']);
    expect(page.notices.store.getState().notices).toEqual([]);
    await page.conversations.remove(id);
    const again = await reload(page);
    expect(again.heads()).toEqual([]);
  });

  it('stops the answer of one that is removed, and does not bring it back', async () => {
    const page = await fresh();
    await page.ask('First');
    page.asked.at(-1)?.say('One');
    await page.conversations.remove(page.facts().conversation.id);
    expect(page.heads()).toEqual([]);
    expect(page.facts().answering).toBeNull();
    await page.conversations.undoRemove();
    expect(page.said()).toEqual(['First', 'One']);
  });

  /** Asked in another while one is spoken in `first`, which has not stopped until it is released. */
  async function stoppingForAnother() {
    const page = await fresh();
    await page.ask('First');
    page.asked.at(-1)?.say('One');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    const release = page.holdCancel();
    page.chat.setDraft('Second');
    page.chat.send();
    return { page, first, release };
  }

  it('does not bring back one that is removed while its answer is still stopping for another', async () => {
    const { page, first, release } = await stoppingForAnother();
    const removing = page.conversations.remove(first);
    await page.begin(release);
    await removing;
    await page.shelf.flush();
    expect(page.heads().map(({ title }) => title)).toEqual(['Second']);
    await page.conversations.undoRemove();
    expect((await page.shelf.body(first))?.messages).toHaveLength(2);
  });

  it('keeps what was said of an answer where it is asked again before that has stopped', async () => {
    const { page, first, release } = await stoppingForAnother();
    await page.conversations.open(first);
    page.chat.setDraft('More');
    page.chat.send();
    await page.begin(release);
    page.asked.at(-1)?.say('Two');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['First', 'More', 'Two']));
    const again = await reload(page);
    again.chat.choose(again.facts().messages[1]?.id ?? '', -1);
    expect(again.said()).toEqual(['First', 'One']);
  });

  it('gives each its own system prompt', async () => {
    const page = await fresh();
    page.settings.store.setState({ systemPrompt: 'Usual' });
    await page.turn('First', 'One');
    const { id } = page.facts().conversation;
    expect(page.asked.at(-1)?.request.messages[0]).toEqual({ role: 'system', content: 'Usual' });
    page.conversations.setSystemPrompt('Special', id);
    await page.turn('More', 'Two');
    expect(page.asked.at(-1)?.request.messages[0]).toEqual({ role: 'system', content: 'Special' });
    page.conversations.setSystemPrompt('', id);
    await page.turn('More', 'Three');
    expect(page.asked.at(-1)?.request.messages[0]).toEqual({ role: 'user', content: 'First' });
    page.conversations.setSystemPrompt(null, id);
    await page.turn('And', 'Four');
    expect(page.asked.at(-1)?.request.messages[0]).toEqual({ role: 'system', content: 'Usual' });
  });

  it('keeps a new chat’s system prompt with its draft, off the list, until it is asked in', async () => {
    const page = await fresh();
    page.conversations.setSystemPrompt('Special', page.facts().conversation.id);
    page.chat.setDraft('First');
    expect(page.heads()).toEqual([]);
    const again = await reload(page);
    expect(again.heads()).toEqual([]);
    expect(again.facts()).toMatchObject({ draft: 'First', conversation: { systemPrompt: 'Special' } });
    await again.conversations.create();
    expect(again.facts()).toMatchObject({ draft: 'First', conversation: { systemPrompt: 'Special' } });
    await again.turn('First', 'One');
    expect(again.asked.at(-1)?.request.messages[0]).toEqual({ role: 'system', content: 'Special' });
    expect(again.heads()).toMatchObject([{ title: 'First', systemPrompt: 'Special' }]);
    await again.conversations.create();
    expect(again.facts()).toMatchObject({ draft: '', conversation: { systemPrompt: null } });
  });

  it('keeps what is typed while the conversation that was open is read', async () => {
    const before = await fresh();
    await before.turn('First', 'One');
    const page = open();
    const { draft } = page.shelf;
    vi.spyOn(page.shelf, 'draft').mockImplementation((id) => {
      page.chat.setDraft('Meanwhile');
      return draft(id);
    });
    await page.conversations.restore();
    expect(page.facts()).toMatchObject({ draft: 'Meanwhile', messages: [] });
    expect(page.heads()).toMatchObject([{ title: 'First' }]);
  });

  it('keeps a new chat’s system prompt where nothing else was written', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    page.conversations.setSystemPrompt('Special', page.facts().conversation.id);
    await page.conversations.open(first);
    expect(page.facts().conversation.systemPrompt).toBeNull();
    await page.conversations.create();
    expect(page.facts().conversation.systemPrompt).toBe('Special');
    page.conversations.setSystemPrompt(null, page.facts().conversation.id);
    const again = await reload(page);
    await again.conversations.create();
    expect(again.facts().conversation.systemPrompt).toBeNull();
  });

  it('shows what it finds without the signs of Markdown', async () => {
    const page = await fresh();
    await page.turn('Rain', 'It is **wet**:\n\n## Why\n- *drops* of `water`, 2 * 3, 2**3, a ** b');
    const found = async (query: string) => {
      await page.conversations.search(query);
      return page.conversations.store.getState().found?.[0]?.excerpt;
    };
    expect(await found('wet')).toEqual({
      before: '…It is ',
      match: 'wet',
      after: ': Why *drops* of water, 2 * 3, 2**3, a ** b',
    });
    expect(await found('`water')).toMatchObject({ match: 'water', after: ', 2 * 3, 2**3, a ** b' });
  });

  it('finds words in titles and texts, all of them, in any case', async () => {
    const page = await fresh();
    await page.turn('About rainbows', 'Light bends in DROPS of rain.');
    const first = page.facts().conversation.id;
    await page.conversations.create();
    await page.turn('About lists', 'Reverse them.');
    const found = async (query: string) => {
      await page.conversations.search(query);
      return page.conversations.store.getState().found?.map(({ id, excerpt }) => [id, excerpt?.match]);
    };
    expect(await found('drops LIGHT')).toEqual([[first, 'DROPS']]);
    // Few words stand before it, whole ones: the column is narrow.
    expect(page.conversations.store.getState().found?.[0]?.excerpt?.before).toBe('…bends in ');
    expect(await found('drops lists')).toEqual([]);
    expect(await found('about')).toHaveLength(2);
    await page.turn('And rainbows?', '<think>Those of mist</think>The same light.');
    expect(await found('mist')).toEqual([]);
    expect(await found('think')).toEqual([]);
    expect(await found('same')).toHaveLength(1);
    expect(await found('  ')).toBeUndefined();
    await page.turn('More', 'Of drops.');
    expect(await found('drops')).toHaveLength(2);
  });
});
