import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FailureCode } from '../base/failure.ts';
import { begin, end, fresh, reload } from '../tools/pageState.ts';

/** An answer ended at its greatest length. */
const CUT = { finish: 'length', promptTokens: 3, reusedTokens: 0, droppedMessages: 0 } as const;

beforeEach(begin);
afterEach(end);

describe('turns', () => {
  it('keeps answers as branches of their question, over a reload', async () => {
    const page = await fresh();
    await page.turn('Hello', 'One');
    const first = page.facts().messages[1];
    await page.begin(() => page.chat.regenerate(first?.id ?? ''));
    expect(page.said()).toEqual(['Hello']);
    page.asked.at(-1)?.say('Two');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['Hello', 'Two']));
    await page.turn('More', 'Three');

    const second = page.facts().messages[1]?.id ?? '';
    expect(page.chat.siblings(second)).toEqual({ at: 2, count: 2 });
    page.chat.choose(second, -1);
    expect(page.said()).toEqual(['Hello', 'One']);

    const again = await reload(page);
    expect(again.said()).toEqual(['Hello', 'One']);
    expect(again.chat.siblings(first?.id ?? '')).toEqual({ at: 1, count: 2 });
    again.chat.choose(first?.id ?? '', 1);
    expect(again.said()).toEqual(['Hello', 'Two', 'More', 'Three']);
  });

  it('asks again from an answer in the middle; what came after stays on its branch', async () => {
    const page = await fresh();
    await page.turn('Hello', 'One');
    await page.turn('More', 'Two');
    await page.turn('Still more', 'Three');
    const first = page.facts().messages[1]?.id ?? '';
    await page.begin(() => page.chat.regenerate(first));
    expect(page.asked.at(-1)?.request.messages).toEqual([{ role: 'user', content: 'Hello' }]);
    expect(page.said()).toEqual(['Hello']);
    page.asked.at(-1)?.say('Other');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['Hello', 'Other']));
    const again = await reload(page);
    expect(again.said()).toEqual(['Hello', 'Other']);
    again.chat.choose(again.facts().messages[1]?.id ?? '', -1);
    expect(again.said()).toEqual(['Hello', 'One', 'More', 'Two', 'Still more', 'Three']);
  });

  it('goes on with an answer that was cut, in its place among its branches', async () => {
    const page = await fresh();
    await page.ask('Hello');
    page.asked.at(-1)?.say('One two');
    page.asked.at(-1)?.end({
      ok: true,
      value: { ...CUT, tokens: 4, tokensPerSecond: 2, timeToFirstTokenMs: 12 },
    });
    await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    const cut = page.facts().messages[1];
    await page.begin(() => page.chat.regenerate(cut?.id ?? ''));
    page.asked.at(-1)?.say('Other');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['Hello', 'Other']));
    page.chat.choose(page.facts().messages[1]?.id ?? '', -1);

    await page.begin(() => page.chat.goOn(cut?.id ?? ''));
    expect(page.asked.at(-1)?.request).toMatchObject({
      messages: [{ role: 'user', content: 'Hello' }],
      begun: 'One two',
    });
    expect(page.facts().answering).toMatchObject({ id: cut?.id, shown: 'One two' });
    page.asked.at(-1)?.say(' three');
    page.asked.at(-1)?.end({
      ok: true,
      value: { ...CUT, finish: 'stop', tokens: 6, tokensPerSecond: 6, timeToFirstTokenMs: 99 },
    });
    await vi.waitFor(() => expect(page.said()).toEqual(['Hello', 'One two three']));
    const again = await reload(page);
    expect(again.said()).toEqual(['Hello', 'One two three']);
    expect(again.chat.siblings(cut?.id ?? '')).toEqual({ at: 1, count: 2 });
    // Four tokens in two seconds, then six in one.
    expect(again.facts().messages[1]).toMatchObject({
      end: 'stop',
      figures: {
        tokens: 10,
        tokensPerSecond: 10 / 3,
        timeToFirstTokenMs: 12,
        model: 'Tiny',
        modelId: 'tiny',
      },
    });
  });

  it('leaves what was there where going on fails, and goes on with nothing that ended by itself', async () => {
    const page = await fresh();
    await page.ask('Hello');
    page.asked.at(-1)?.say('One two');
    page.chat.stop();
    await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    const cut = page.facts().messages[1];
    await page.begin(() => page.chat.goOn(cut?.id ?? ''));
    page.asked.at(-1)?.end({ ok: false, failure: { code: 'GPU_ERROR', message: '', detail: {} } });
    await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    expect(page.facts().messages[1]).toEqual(cut);
    await page.turn('More', 'Two');
    const asked = page.asked.length;
    page.chat.goOn(cut?.id ?? '');
    page.chat.goOn(page.facts().messages[3]?.id ?? '');
    await Promise.resolve();
    expect(page.asked).toHaveLength(asked);
  });

  it('adds the reasoning of both goes, and measures none anew that had ended', async () => {
    const page = await fresh();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const stop = async (): Promise<void> => {
      page.chat.stop();
      await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    };
    await page.ask('Hello');
    page.asked.at(-1)?.say('<think>Hm,');
    clock.mockReturnValue(1400);
    await stop();
    const id = page.facts().messages[1]?.id ?? '';
    expect(page.facts().messages[1]?.reasoningMs).toBe(400);
    clock.mockReturnValue(5000);
    await page.begin(() => page.chat.goOn(id));
    page.asked.at(-1)?.say(' well');
    clock.mockReturnValue(5300);
    page.asked.at(-1)?.say('</think>Yes');
    await stop();
    expect(page.facts().messages[1]?.reasoningMs).toBe(700);
    clock.mockReturnValue(9000);
    await page.begin(() => page.chat.goOn(id));
    page.asked.at(-1)?.say(', no');
    await stop();
    expect(page.facts().messages[1]).toMatchObject({
      content: '<think>Hm, well</think>Yes, no',
      reasoningMs: 700,
    });
  });

  it('rewrites a question beside the old one, the first too', async () => {
    const page = await fresh();
    await page.turn('Hello', 'One');
    const [question] = page.facts().messages;
    await page.begin(() => page.chat.rewrite(question?.id ?? '', 'Good evening'));
    expect(page.asked.at(-1)?.request.messages).toEqual([{ role: 'user', content: 'Good evening' }]);
    page.asked.at(-1)?.say('Two');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['Good evening', 'Two']));
    page.chat.choose(page.facts().messages[0]?.id ?? '', -1);
    expect(page.said()).toEqual(['Hello', 'One']);
  });

  it('tells figures with the model, and the title from the first question', async () => {
    const page = await fresh();
    await page.turn('Hello there', 'One');
    expect(page.facts().messages[1]?.figures).toEqual({
      tokens: 5,
      tokensPerSecond: 34,
      timeToFirstTokenMs: 12,
      model: 'Tiny',
      modelId: 'tiny',
    });
    expect(page.heads().map(({ title }) => title)).toEqual(['Hello there']);
  });

  it('sends the model no reasoning of before, and measures it', async () => {
    const page = await fresh();
    await page.turn('Hello', '<think>Greets.</think>Hi');
    expect(page.facts().messages[1]?.content).toBe('<think>Greets.</think>Hi');
    expect(page.facts().messages[1]?.reasoningMs).toBeTypeOf('number');
    await page.ask('More');
    expect(page.asked.at(-1)?.request.messages).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: 'More' },
    ]);
  });

  it('leaves the question alone where nothing was said before it failed', async () => {
    const page = await fresh();
    await page.ask('Hello');
    page.asked.at(-1)?.end({ ok: false, failure: { code: 'GPU_ERROR', message: '', detail: {} } });
    await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    expect(page.said()).toEqual(['Hello']);
    expect(page.alerts.store.getState().alerts.map(({ failure }) => failure.code)).toEqual(['GPU_ERROR']);
    await page.begin(() => page.chat.regenerate(page.facts().messages[0]?.id ?? ''));
    page.asked.at(-1)?.say('One');
    page.asked.at(-1)?.end();
    await vi.waitFor(() => expect(page.said()).toEqual(['Hello', 'One']));
  });

  it('forgets an answer’s failure when something else is asked, or opened; not that the device is lost', async () => {
    const page = await fresh();
    const codes = () => page.alerts.store.getState().alerts.map(({ failure }) => failure.code);
    const fail = async (code: FailureCode): Promise<void> => {
      await page.ask('Hello');
      page.asked.at(-1)?.end({ ok: false, failure: { code, message: '', detail: {} } });
      await vi.waitFor(() => expect(page.facts().answering).toBeNull());
    };
    await fail('CONTEXT_FULL');
    const first = page.facts().conversation.id;
    await page.conversations.open(first);
    expect(codes()).toEqual(['CONTEXT_FULL']);
    await page.conversations.create();
    expect(codes()).toEqual([]);
    await fail('CONTEXT_FULL');
    await page.turn('Hello', 'One');
    expect(codes()).toEqual([]);
    await fail('DEVICE_LOST');
    await page.conversations.open(first);
    expect(codes()).toEqual(['DEVICE_LOST']);
  });

  it('keeps what was said up to a reload in the middle of an answer', async () => {
    const page = await fresh();
    await page.ask('Hello');
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1001);
    page.asked.at(-1)?.say('One two');
    clock.mockRestore();
    page.asked.at(-1)?.say(' three');
    const again = await reload(page);
    expect(again.said()).toEqual(['Hello', 'One two']);
    expect(again.facts().messages[1]?.end).toBe('aborted');
  });
});

describe('files', () => {
  const file = (text: string | Uint8Array<ArrayBuffer>, name = 'notes.txt'): File => new File([text], name);

  it('come before the words of the question, fenced under their names, and are kept', async () => {
    const page = await fresh();
    await page.chat.attach([file('x = `1`\n```\ny')]);
    expect(page.facts().attachments).toEqual([
      { name: 'notes.txt', text: 'x = `1`\n```\ny', bytes: 13, tokens: 13 },
    ]);
    const again = await reload(page);
    expect(again.facts().attachments).toHaveLength(1);
    await again.turn('What is this?', 'A file.');
    expect(again.asked.at(-1)?.request.messages).toEqual([
      { role: 'user', content: 'File: notes.txt\n````\nx = `1`\n```\ny\n````\n\nWhat is this?' },
    ]);
    expect(again.facts().attachments).toEqual([]);
    expect(again.facts().messages[0]).toMatchObject({
      content: 'What is this?',
      attachments: [{ name: 'notes.txt' }],
    });
  });

  it('come in UTF-16 too, which says so by its first bytes', async () => {
    const page = await fresh();
    const wide = Array.from('Größe 潮', (letter) => letter.charCodeAt(0)).flatMap((code) => [
      code & 255,
      code >> 8,
    ]);
    const little = new Uint8Array([0xff, 0xfe, ...wide]);
    const big = little.map((_, at) => little[at ^ 1] ?? 0);
    await page.chat.attach([file(little, 'little.txt'), file(big, 'big.txt')]);
    expect(page.facts().attachments).toMatchObject([{ text: 'Größe 潮' }, { text: 'Größe 潮' }]);
  });

  it('stay with the draft they were given with, whichever is open when they are read', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const first = page.facts().conversation.id;
    page.chat.setDraft('with words');
    const reading = page.chat.attach([file('one', 'one.txt'), file('two', 'two.txt')]);
    await page.conversations.create();
    await reading;
    expect(page.facts().attachments).toEqual([]);
    const ofNew = page.chat.attach([file('three', 'three.txt')]);
    await page.conversations.open(first);
    await ofNew;
    expect(page.facts().attachments.map(({ name }) => name)).toEqual(['one.txt', 'two.txt']);
    expect(page.facts().draft).toBe('with words');
    await page.conversations.create();
    expect(page.facts().attachments.map(({ name }) => name)).toEqual(['three.txt']);
  });

  it('go with the conversation that is removed while they are read', async () => {
    const page = await fresh();
    await page.turn('First', 'One');
    const slow = file('one', 'one.txt');
    const gives: ((bytes: ArrayBuffer) => void)[] = [];
    slow.arrayBuffer = () => new Promise((resolve) => void gives.push(resolve));
    const reading = page.chat.attach([slow]);
    await page.conversations.remove(page.facts().conversation.id);
    gives[0]?.(new TextEncoder().encode('one').buffer);
    await reading;
    expect(page.facts().attachments).toEqual([]);
  });

  it('are refused where they are no text, too large, or too long for the context', async () => {
    const page = await fresh();
    const refused = () => page.notices.store.getState().notices.at(-1);
    await page.chat.attach([file(new Uint8Array([0xff, 0xfe, 0x41]), 'a.bin')]);
    expect(refused()).toMatchObject({ kind: 'fileRefused', name: 'a.bin', why: 'binary' });
    await page.chat.attach([file('a\0b', 'b.bin')]);
    expect(refused()).toMatchObject({ name: 'b.bin', why: 'binary' });
    await page.chat.attach([file(' \n', 'blank.txt')]);
    expect(refused()).toMatchObject({ name: 'blank.txt', why: 'empty' });
    await page.chat.attach([file(new Uint8Array(4 * 1024 * 1024 + 1), 'c.txt')]);
    expect(refused()).toMatchObject({ name: 'c.txt', why: 'large' });
    // A context of 1000, of which a quarter is left for words; a character is a token here.
    await page.chat.attach([file('d'.repeat(700), 'd.txt'), file('e'.repeat(51), 'e.txt')]);
    expect(refused()).toMatchObject({ name: 'e.txt', why: 'long', tokens: 51, allowed: 50 });
    expect(page.facts().attachments.map(({ name }) => name)).toEqual(['d.txt']);
    page.chat.detach(0);
    expect(page.facts().attachments).toEqual([]);
  });
});
