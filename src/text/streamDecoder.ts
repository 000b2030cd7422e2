/** Token ids, one at a time, to text that can be shown at once. */
import { reasoningMarks } from './reasoningMarks.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface StreamDecoder {
  /** The text this token completes: whole characters only, so often ''. */
  push(id: number): string;
  /** The end: what was held back, if it is a character. A cut one is dropped. */
  flush(): string;
}

export interface StreamDecoderOptions {
  /** The text goes on after a prompt that it shall be joined to, so its first space is its own. */
  readonly continues?: boolean;
  /** The control tokens around reasoning are told as text. */
  readonly marks?: boolean;
}

const NONE: ReadonlySet<number> = new Set();

export function createStreamDecoder(
  tokenizer: Pick<Tokenizer, 'isControl' | 'pieceBytes' | 'controlIds' | 'dropsFirstSpace'>,
  { continues = false, marks = false }: StreamDecoderOptions = {},
): StreamDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  const told = marks ? reasoningMarks(tokenizer) : NONE;
  let dropSpace = tokenizer.dropsFirstSpace && !continues;
  return {
    push(id) {
      if (tokenizer.isControl(id) && !told.has(id)) return '';
      const text = utf8.decode(tokenizer.pieceBytes(id), { stream: true });
      if (text === '' || !dropSpace) return text;
      dropSpace = false;
      return text.startsWith(' ') ? text.slice(1) : text;
    },
    flush() {
      // Every whole character is out already; what the decoder still holds is part of one.
      utf8.decode();
      return '';
    },
  };
}
