import { describe, expect, it } from 'vitest';
import { createReasoningClock, splitReasoning } from './reasoning.ts';

describe('splitReasoning', () => {
  it.each([
    ['<think>', '</think>'],
    ['<thinking>', '</thinking>'],
    ['<seed:think>', '</seed:think>'],
    ['[THINK]', '[/THINK]'],
    ['◁think▷', '◁/think▷'],
    ['<|START_THINKING|>', '<|END_THINKING|>'],
    ['<|channel>thought', '<channel|>'],
  ])('knows %s … %s, open and closed', (open, close) => {
    expect(splitReasoning(`${open}\nFirst this.\n${close}\n\nThen that.`)).toEqual({
      reasoning: 'First this.',
      open: false,
      answer: 'Then that.',
    });
    expect(splitReasoning(`\n${open}\nFirst th`)).toEqual({ reasoning: 'First th', open: true, answer: '' });
  });

  it('reads harmony channels, commentary among the reasoning', () => {
    const analysis = '<|channel|>analysis<|message|>The user greets.';
    expect(splitReasoning(analysis)).toEqual({ reasoning: 'The user greets.', open: true, answer: '' });
    expect(
      splitReasoning(
        `${analysis}<|end|><|start|>assistant<|channel|>commentary<|message|>A note.<|end|><|start|>assistant<|channel|>final<|message|>Hello.<|return|>`,
      ),
    ).toEqual({ reasoning: 'The user greets.\n\nA note.', open: false, answer: 'Hello.' });
    expect(splitReasoning('<|channel|>final<|message|>Hello')).toEqual({
      reasoning: '',
      open: false,
      answer: 'Hello',
    });
  });

  it('takes a closing marker alone: the template had opened the reasoning', () => {
    expect(splitReasoning('Six by seven.\n</think>\n\n42')).toEqual({
      reasoning: 'Six by seven.',
      open: false,
      answer: '42',
    });
  });

  it('leaves an answer about markers as it is', () => {
    const about = 'Qwen writes `<think>` before and `</think>` after its reasoning.';
    expect(splitReasoning(about)).toEqual({ reasoning: '', open: false, answer: about });
    const later = 'First.\n<think>not at the start';
    expect(splitReasoning(later)).toEqual({ reasoning: '', open: false, answer: later });
  });

  it('shows no half markers', () => {
    expect(splitReasoning('<thi')).toEqual({ reasoning: '', open: false, answer: '' });
    expect(splitReasoning('<think>Yes</thi')).toEqual({ reasoning: 'Yes', open: true, answer: '' });
    expect(splitReasoning('<|channel|>analysis<|message|>Yes<|en')).toEqual({
      reasoning: 'Yes',
      open: true,
      answer: '',
    });
    expect(splitReasoning('<|channel|>final<|message|>Yes<|')).toMatchObject({ answer: 'Yes' });
  });

  it('finds nothing in the empty reasoning of a model told not to reason', () => {
    expect(splitReasoning('<think>\n\n</think>\n\nHello')).toEqual({
      reasoning: '',
      open: false,
      answer: 'Hello',
    });
  });
});

describe('the reasoning clock', () => {
  function hear(
    pieces: readonly (readonly [at: number, text: string])[],
  ): [ms: number | null, ended: boolean] {
    let time = 0;
    const clock = createReasoningClock(() => time);
    let text = '';
    for (const [at, piece] of pieces) {
      time = at;
      text += piece;
      clock.heard(text, piece.length);
    }
    time += 1000;
    return [clock.measured(text), clock.ended()];
  }

  it('measures from the opening to the closing marker, cut anywhere', () => {
    expect(
      hear([
        [100, '<th'],
        [150, 'ink>'],
        [400, 'Hm.</thi'],
        [900, 'nk>'],
        [1200, 'Yes.'],
      ]),
    ).toEqual([750, true]);
  });

  it('measures to the end where the reasoning was cut off', () => {
    expect(
      hear([
        [100, '<think>'],
        [300, 'Hm.'],
      ]),
    ).toEqual([1200, false]);
  });

  it('measures from the request where the template had opened it', () => {
    expect(
      hear([
        [200, 'Hm.'],
        [500, '</think>Yes.'],
      ]),
    ).toEqual([500, true]);
  });

  it('measures nothing where nothing was reasoned', () => {
    expect(hear([[100, 'Yes.']])).toEqual([null, false]);
    expect(hear([[100, '<think>\n\n</think>\n\nYes.']])).toEqual([null, true]);
  });
});
