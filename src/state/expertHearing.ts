/** What was heard of one loaded model's experts. */
import type { ChatEvent, ExpertShape, Routes } from '../protocol/api.ts';
import { count, createUsage, type ExpertUsage } from './expertUsage.ts';
import { createRouteBlocks, type ExpertRef, type TokenChoice } from './routeBlocks.ts';
import { createTextPieces, type Piece, type TextPieces, type TextRange } from './textPieces.ts';

/** Of the page's memory, for routes: some ten thousand tokens of a large model. */
const MOST_ROUTE_BYTES = 32 * 1024 * 1024;
/** Conversations and messages that are kept apart; those spoken first go first. */
const MOST_CONVERSATIONS = 64;
const MOST_MESSAGES = 1024;

export interface ExpertHearing {
  readonly model: string;
  readonly shape: ExpertShape;
  /** The oldest tokens' routes had to go. */
  readonly full: boolean;
  /**
   * An answer of which `begun` was said before ('' for a new one). Gives what takes its events.
   * Where another text was heard under its id, that is forgotten.
   */
  begin(
    conversation: string,
    message: string,
    begun: string,
    onRoutes: (routes: Routes) => void,
  ): (event: ChatEvent) => void;
  /** null where nothing was heard. */
  usageOf(conversation: string): ExpertUsage | null;
  /** What was said so far; '' where nothing was heard. */
  textOf(message: string): string;
  /** What brought the characters from `offset` up to `end`, or the one at `offset`. */
  pieceAt(message: string, offset: number, end?: number): Piece | null;
  /** Of a piece's tokens, in order; those no longer known are left out. */
  choicesOf(message: string, piece: Piece): readonly TokenChoice[];
  /** Where an expert took part in a message's text; neighbouring pieces are joined. */
  rangesOf(message: string, expert: ExpertRef): readonly TextRange[];
}

export function createHearing(
  model: string,
  shape: ExpertShape,
  mostBytes = MOST_ROUTE_BYTES,
): ExpertHearing {
  const blocks = createRouteBlocks(shape, mostBytes);
  const pieces = new Map<string, TextPieces>();
  const usage = new Map<string, ExpertUsage>();

  return {
    model,
    shape,
    get full() {
      return blocks.full;
    },
    begin(conversation, message, begun, onRoutes) {
      const counted = usage.get(conversation) ?? createUsage(shape);
      const known = pieces.get(message);
      const goesOn = begun !== '' && known?.text === begun;
      if (!goesOn) blocks.forget(message);
      const text = goesOn ? known : createTextPieces(begun);
      const before = text.tokens;
      putLast(usage, conversation, counted, MOST_CONVERSATIONS);
      putLast(pieces, message, text, MOST_MESSAGES);
      return (event) => {
        if (event.kind === 'text') text.add(event.text, before + event.tokens);
        if (event.kind !== 'routes') return;
        blocks.add(message, { ...event, token: before + event.token });
        count(counted, event);
        onRoutes(event);
      };
    },
    usageOf: (conversation) => usage.get(conversation) ?? null,
    textOf: (message) => pieces.get(message)?.text ?? '',
    pieceAt: (message, offset, end) => pieces.get(message)?.at(offset, end) ?? null,
    choicesOf(message, { firstToken, endToken }) {
      const choices = [];
      for (let token = firstToken; token < endToken; token++) {
        const choice = blocks.choice(message, token);
        if (choice) choices.push(choice);
      }
      return choices;
    },
    rangesOf(message, expert) {
      const ranges: { start: number; end: number }[] = [];
      for (const { start, end, firstToken, endToken } of pieces.get(message)?.all() ?? []) {
        let took = false;
        for (let token = firstToken; token < endToken && !took; token++)
          took = blocks.chose(message, token, expert);
        const before = ranges.at(-1);
        if (took && before?.end === start) before.end = end;
        else if (took) ranges.push({ start, end });
      }
      return ranges;
    },
  };
}

function putLast<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
