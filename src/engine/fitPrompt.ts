/** As much of a conversation as there is room for. */
import { AppError } from '../base/failure.ts';
import { encodeBegun, encodeChat, type Message } from '../text/index.ts';
import type { LoadedModel } from './loadModel.ts';
import { mostThatFits } from './mostThatFits.ts';

export interface FittedPrompt {
  readonly prompt: number[];
  /** Of an answer that is gone on with; none otherwise. */
  readonly begun: number[];
  /** Messages left out, the oldest. */
  readonly dropped: number;
}

/** More characters than this for each token that fits are not worth encoding to see that they don't. */
const MOST_CHARACTERS_PER_TOKEN = 8;

/**
 * The chat's ids, and those of an answer that is gone on with; the oldest exchanges left out until
 * there is room to answer. The system message and the last message always stay. CONTEXT_FULL where
 * they alone are too long.
 */
export function fitPrompt(
  model: LoadedModel,
  messages: readonly Message[],
  begun: string | undefined,
  maxTokens: number,
): FittedPrompt {
  const { session, tokenizer, contextLength } = model;
  const room = contextLength - Math.min(maxTokens, Math.floor(contextLength / 4));
  const system = messages.filter((m, i) => i === 0 && m.role === 'system');
  const rest = messages.slice(system.length);
  const starts = [0, ...rest.flatMap((m, i) => (i > 0 && m.role === 'user' ? [i] : []))];
  const keeping = (exchanges: number) => {
    const dropped = starts[starts.length - exchanges] ?? 0;
    const shown = [...system, ...rest.slice(dropped)];
    const prompt = encodeChat(tokenizer, model.manifest.text, shown, { previous: session.tokens });
    const said = begun === undefined ? [] : encodeBegun(tokenizer, prompt, begun, session.tokens);
    return { prompt, begun: said, dropped };
  };
  const lengthOf = (fitted: FittedPrompt): number => fitted.prompt.length + fitted.begun.length;
  const characters = rest.reduce((sum, { content }) => sum + content.length, 0);
  const found = mostThatFits({
    most: starts.length,
    tryMostFirst: characters <= MOST_CHARACTERS_PER_TOKEN * room,
    make: keeping,
    fits: (fitted) => lengthOf(fitted) <= room,
  });
  if (found.fits) return found.made;
  throw new AppError('CONTEXT_FULL', 'the last message alone is longer than the context', {
    tokens: lengthOf(found.made),
    context: contextLength,
  });
}
