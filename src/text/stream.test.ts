import { describe, expect, it } from 'vitest';
import { recording } from '../tools/golden/tokenizerRecordings.ts';
import { createStopWatcher, createStreamDecoder, createTokenizer, textFactsFromGguf } from './index.ts';

const vocabularies = recording('vocabularies.json');
const { texts } = recording('ids.json');

describe('createStreamDecoder', () => {
  it.each(['bytes', 'bpe', 'gemma'] as const)('shows whole characters, in all the text, with %s', (name) => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies[name]));
    for (const text of texts) {
      const decoder = createStreamDecoder(tokenizer);
      const shown = tokenizer.encode(text).map((id) => decoder.push(id));
      for (const piece of shown) {
        expect(piece).not.toContain('\uFFFD');
        expect(piece.isWellFormed()).toBe(true);
      }
      expect(shown.join('') + decoder.flush()).toBe(text);
    }
  });

  it('drops a character cut by the end, keeps bytes that are none as U+FFFD', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const emoji = tokenizer.encode('🦀').slice(-4);
    const cut = createStreamDecoder(tokenizer);
    expect(emoji.slice(0, 3).map((id) => cut.push(id))).toEqual(['', '', '']);
    expect(cut.flush()).toBe('');
    const broken = createStreamDecoder(tokenizer);
    expect(
      [emoji[0]!, ...tokenizer.encode(' a', { continues: true })].map((id) => broken.push(id)).join(''),
    ).toBe('\uFFFD a');
  });

  it('skips control tokens, even inside a character', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const emoji = tokenizer.encode('🦀').slice(-4);
    const decoder = createStreamDecoder(tokenizer);
    const ids = [1, ...emoji.slice(0, 2), 2, ...emoji.slice(2), 2];
    expect(ids.map((id) => decoder.push(id)).join('')).toBe('🦀');
  });

  it('keeps the first space of text that goes on', () => {
    const tokenizer = createTokenizer(textFactsFromGguf(vocabularies.bpe));
    const ids = tokenizer.encode('fox jumps');
    const read = (continues: boolean) => {
      const decoder = createStreamDecoder(tokenizer, { continues });
      return ids.map((id) => decoder.push(id)).join('');
    };
    expect(read(false)).toBe('fox jumps');
    expect(read(true)).toBe(' fox jumps');
  });
});

describe('createStopWatcher', () => {
  const run = (stops: string[], pieces: string[]) => {
    const watcher = createStopWatcher(stops);
    const steps = pieces.map((piece) => watcher.push(piece));
    return {
      shown: steps.map((step) => step.text),
      stopped: steps.some((step) => step.stopped),
      rest: watcher.flush(),
    };
  };

  it('shows all where nothing stops', () => {
    expect(run([], ['a', 'b'])).toEqual({ shown: ['a', 'b'], stopped: false, rest: '' });
    expect(run([''], ['a'])).toEqual({ shown: ['a'], stopped: false, rest: '' });
  });

  it('holds back what may begin a stop string and lets it go when it does not', () => {
    expect(run(['\nUser:'], ['hi\n', 'Us', 'e it'])).toEqual({
      shown: ['hi', '', '\nUse it'],
      stopped: false,
      rest: '',
    });
    expect(run(['END'], ['the EN'])).toEqual({ shown: ['the '], stopped: false, rest: 'EN' });
  });

  it('ends at the first of several stop strings and shows nothing of it', () => {
    expect(run(['</s>', '\nUser:'], ['ok\nUs', 'er: more </s>'])).toEqual({
      shown: ['ok', ''],
      stopped: true,
      rest: '',
    });
  });

  it('sees a stop string that begins inside a failed beginning of itself', () => {
    expect(run(['aab'], ['a', 'a', 'a', 'b', 'c'])).toEqual({
      shown: ['', '', 'a', '', ''],
      stopped: true,
      rest: '',
    });
  });
});
