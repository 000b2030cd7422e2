/** The bytes a token stands for. */
import { flattenStep, type TokenizerJson } from './tokenizerJson.ts';

/**
 * GPT-2's alphabet for bytes: printable Latin-1 stands for itself, the other
 * bytes, in order, for the characters from U+0100.
 */
function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    alphabet.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return alphabet;
}

const BYTE_OF: ReadonlyMap<string, number> = byteAlphabet();
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;
const UTF8 = new TextEncoder();

export interface PieceRules {
  readonly bytesOf: (piece: string) => Uint8Array;
  /** The encoder put a space in front of the text, so a reader takes one away. */
  readonly dropsFirstSpace: boolean;
}

export function pieceRules(json: TokenizerJson): PieceRules {
  const decoders = flattenStep(json.decoder);
  const byteLevel = [...decoders, ...flattenStep(json.pre_tokenizer)].some(
    (step) => step.type === 'ByteLevel',
  );
  if (byteLevel) return { bytesOf: byteLevelBytes, dropsFirstSpace: false };
  const dropsFirstSpace = decoders.some(
    (step) =>
      (step.type === 'Strip' && step['content'] === ' ' && step['start'] === 1) ||
      (step.type === 'Metaspace' && step['prepend_scheme'] !== 'never'),
  );
  return { bytesOf: sentencePieceBytes, dropsFirstSpace };
}

function byteLevelBytes(piece: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = BYTE_OF.get(character);
    // A piece outside the alphabet was put into the vocabulary as plain text.
    if (byte === undefined) return UTF8.encode(piece);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function sentencePieceBytes(piece: string): Uint8Array {
  const byte = BYTE_TOKEN.exec(piece)?.[1];
  return byte === undefined
    ? UTF8.encode(piece.replaceAll('▁', ' '))
    : Uint8Array.of(Number.parseInt(byte, 16));
}
