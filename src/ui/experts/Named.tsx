/** What is pointed at, in words: an expert, or a word of the answer. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import {
  shareOf,
  type ExpertRef,
  type ExpertUsage,
  type TokenChoice,
  type TokenRef,
} from '../../state/experts.ts';
import { useApp } from '../appContext.ts';
import { share } from '../format.ts';
import { say } from '../say.ts';
import { canMark } from './useMarks.ts';

export function Named({ usage }: { readonly usage: ExpertUsage | null }): ReactNode {
  const { experts } = useApp();
  const pointed = useStore(experts.store, (s) => s.pointed);
  const pinned = useStore(experts.store, (s) => s.pinned);
  const token = useStore(experts.store, (s) => s.token);
  const expert = pointed ?? pinned;
  return (
    <div className="expert-named">
      <p aria-live="polite">
        {token ? <Word token={token} /> : expert ? name(expert, usage) : say.experts.hint}
      </p>
      {expert && <Held held={pointed === null && pinned !== null} />}
    </div>
  );
}

function name({ layer, expert }: ExpertRef, usage: ExpertUsage | null): string {
  const words = say.experts.expert(layer + 1, expert + 1);
  return usage ? `${words} · ${say.experts.ofTokens(shareOf(usage, layer, expert))}` : words;
}

/** Of a browser that marks none. */
const WORDS_NAMED = 8;

/** Where it took part in what is on the page. */
function Held({ held }: { readonly held: boolean }): ReactNode {
  const { experts, chat } = useApp();
  const messages = useStore(chat.store, (s) => s.messages);
  const answering = useStore(chat.store, (s) => s.answering?.id ?? null);
  // Of an answer being spoken, as often as its counts are looked at.
  const ids = [...messages.map(({ id }) => id), ...(answering === null ? [] : [answering])];
  const passages = ids.flatMap((id) =>
    experts.marksOf(id).map(({ start, end }) => experts.textOf(id).slice(start, end).trim()),
  );
  return (
    <p className="facts">
      {canMark()
        ? say.experts.marked(passages.length)
        : say.experts.unmarked(
            passages.length,
            [...new Set(passages)].filter((words) => words !== '').slice(0, WORDS_NAMED),
          )}
      {held && (
        <button
          type="button"
          className="quiet small"
          onClick={() => experts.pin(experts.store.getState().pinned)}
        >
          {say.experts.release}
        </button>
      )}
    </p>
  );
}

function Word({ token }: { readonly token: TokenRef }): ReactNode {
  const { experts } = useApp();
  const shape = useStore(experts.store, (s) => s.shape);
  const text = experts.textOf(token.message).slice(token.start, token.end).trim();
  const choices = experts.choicesOf(token);
  const tokens = token.endToken - token.firstToken;
  const strongest = shape ? strongestOf(choices, shape.layers) : [];
  return (
    <>
      {text !== '' && <b>{say.experts.word(text)} </b>}
      {tokens > 1 && `${say.experts.wordTokens(tokens)} · `}
      {strongest.length === 0
        ? say.experts.forgotten
        : `${say.experts.strongest} ${strongest
            .map(({ layer, expert, part }) => `${say.experts.expert(layer + 1, expert + 1)} (${share(part)})`)
            .join(say.experts.comma)}`}
    </>
  );
}

/** Those with the greatest part of their layer's weight. */
function strongestOf(choices: readonly TokenChoice[], layers: number) {
  const found: { layer: number; expert: number; part: number }[] = [];
  for (const { ids, weights } of choices) {
    const width = ids.length / layers;
    for (let layer = 0; layer < layers; layer++) {
      const own = weights.subarray(layer * width, (layer + 1) * width);
      const all = own.reduce((sum, weight) => sum + weight, 0);
      own.forEach((weight, k) => {
        if (all > 0) found.push({ layer, expert: ids[layer * width + k]!, part: weight / all });
      });
    }
  }
  return found.sort((a, b) => b.part - a.part).slice(0, 3);
}
