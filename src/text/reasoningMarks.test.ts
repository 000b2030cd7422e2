import { describe, expect, it } from 'vitest';
import { openedReasoning, reasoningMarks } from './reasoningMarks.ts';
import { createStreamDecoder } from './streamDecoder.ts';

/** Ids are places in this list; what is spelled in angles or brackets is a control token. */
function vocabulary(pieces: readonly string[]) {
  const isControl = (id: number): boolean => /^[<[◁].*[>\]▷]$/.test(pieces[id] ?? '');
  return {
    isControl,
    pieceBytes: (id: number): Uint8Array => new TextEncoder().encode(pieces[id]),
    controlIds: new Map(pieces.flatMap((piece, id) => (isControl(id) ? [[piece, id] as const] : []))),
    dropsFirstSpace: false,
  };
}

function told(pieces: readonly string[], marks = true): string {
  const decoder = createStreamDecoder(vocabulary(pieces), { marks });
  return pieces.map((_, id) => decoder.push(id)).join('');
}

describe('marks of reasoning that are control tokens', () => {
  it('are told as text, and no other control token is', () => {
    const pieces = ['<|im_start|>', '[THINK]', 'Hm.', '[/THINK]', 'Yes.', '<|end|>'];
    expect(told(pieces)).toBe('[THINK]Hm.[/THINK]Yes.');
    expect(told(pieces, false)).toBe('Hm.Yes.');
  });

  it('are the parts of a message too, in the harmony format alone', () => {
    const pieces = [
      '<|channel|>',
      'analysis',
      '<|message|>',
      'Hm.',
      '<|end|>',
      '<|start|>',
      'assistant',
      '<|return|>',
    ];
    expect(told(pieces)).toBe('<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant');
    expect(reasoningMarks(vocabulary(['<|message|>', '<|start|>', '<|end|>'])).size).toBe(0);
  });
});

describe('reasoning that the template opened', () => {
  it('is known at the end of the prompt, whether a token or letters', () => {
    const prompt = (pieces: readonly string[]): string =>
      openedReasoning(vocabulary(pieces), [...pieces.keys()]);
    expect(prompt(['<|User|>', 'Hi', '<|Assistant|>', '<think>', '\n'])).toBe('<think>');
    expect(prompt(['Hi', '\n', '<', 'think', '>', '\n'])).toBe('<think>');
    expect(prompt(['<think>', '\n\n', '</think>', '\n\n'])).toBe('');
    expect(prompt(['Hi'])).toBe('');
    expect(prompt([])).toBe('');
  });
});
