/**
 * What the expert view knows: which experts the loaded model chooses while it
 * speaks, how often in each conversation, and which words each took part in.
 * Nothing is asked of the worker, and nothing is kept, while nobody looks.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ChatEvent, ExpertShape, Routes } from '../protocol/api.ts';
import { createHearing, type ExpertHearing } from './expertHearing.ts';
import { latestPerFrame } from './frames.ts';
import type { ModelsFacts, ModelStore } from './modelFacts.ts';
import type { ExpertRef, TokenChoice } from './routeBlocks.ts';
import type { Settings } from './settings.ts';
import type { Piece, TextRange } from './textPieces.ts';
import type { View } from './view.ts';

export { balanceOf, mostUsed, shareOf, type Balance, type ExpertUsage } from './expertUsage.ts';
export type { ExpertRef, TokenChoice } from './routeBlocks.ts';
export type { TextRange } from './textPieces.ts';

/** A word of an answer and the tokens that wrote it. */
export interface TokenRef extends Piece {
  readonly message: string;
}

export interface ExpertFacts {
  /** Of the loaded model; null where it has no experts, or none is loaded. */
  readonly shape: ExpertShape | null;
  /** What the dots show: the last tokens, or the use over this conversation. */
  readonly mode: 'live' | 'conversation';
  /** The answer whose experts are being told, or were told last. */
  readonly hearing: string | null;
  /** Tokens heard of since the model was loaded; changes at most once a frame. */
  readonly heard: number;
  /** Under the pointer or the arrow keys. */
  readonly pointed: ExpertRef | null;
  /** Held until another is. */
  readonly pinned: ExpertRef | null;
  /** The word of an answer under the pointer. */
  readonly token: TokenRef | null;
  /** The oldest tokens' routes had to go. */
  readonly full: boolean;
}

/** Gives what hears an answer's events, after what is `begun` of it; null while nobody looks: then no routes are asked for. */
export type ExpertListen = (
  conversation: string,
  message: string,
  begun: string,
) => ((event: ChatEvent) => void) | null;

interface Neighbours {
  readonly models: { readonly store: ModelStore };
  readonly view: Pick<View, 'store'>;
  readonly settings: { readonly store: Pick<StoreApi<Pick<Settings, 'expertView'>>, 'getState'> };
}

const NOTHING_YET = {
  hearing: null,
  heard: 0,
  pointed: null,
  pinned: null,
  token: null,
  full: false,
} as const;

export function createExperts({ models, view, settings }: Neighbours) {
  const store = createStore<ExpertFacts>(() => ({ shape: null, mode: 'live', ...NOTHING_YET }));
  const watchers = new Set<(routes: Routes) => void>();
  let known: ExpertHearing | null = null;
  let told = 0;
  const pace = latestPerFrame<number>((heard) => store.setState({ heard, full: known?.full === true }));

  /** Another model's experts are others: what was heard of the last one's is forgotten. */
  function follow({ loaded, cards }: ModelsFacts): void {
    const shape = cards?.find(({ id }) => id === loaded?.modelId)?.experts ?? null;
    if (loaded && shape && loaded.modelId !== known?.model) {
      known = createHearing(loaded.modelId, shape);
      pace.end();
      told = 0;
      store.setState({ shape, ...NOTHING_YET });
    } else if (store.getState().shape !== shape) store.setState({ shape });
  }
  follow(models.store.getState());
  models.store.subscribe(follow);

  const looking = (): boolean =>
    view.store.getState().drawer === 'experts' || settings.store.getState().expertView;

  const listen: ExpertListen = (conversation, message, begun) => {
    if (!known || store.getState().shape === null || !looking()) return null;
    store.setState({ hearing: message, token: null });
    return known.begin(conversation, message, begun, (routes) => {
      for (const watch of watchers) watch(routes);
      pace.put(++told);
    });
  };

  return {
    store,
    listen,
    /** Calls with every token's routes as they come, for what is drawn without a store. */
    watch(watcher: (routes: Routes) => void): () => void {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    /** null where nothing was heard in it. */
    usageOf: (conversation: string) => known?.usageOf(conversation) ?? null,
    setMode: (mode: ExpertFacts['mode']): void => store.setState({ mode }),
    ...createPointing(store, () => known),
  };
}

/** From dots to words, and from words to dots: what was pointed at last counts. */
function createPointing(store: StoreApi<ExpertFacts>, known: () => ExpertHearing | null) {
  return {
    point(expert: ExpertRef | null): void {
      if (same(store.getState().pointed, expert)) return;
      store.setState(expert ? { pointed: expert, token: null } : { pointed: null });
    },
    /** Holds an expert, or lets it go where it is held already. */
    pin: (expert: ExpertRef | null): void =>
      store.setState(({ pinned }) => ({ pinned: same(pinned, expert) ? null : expert })),
    /** The character of an answer's text under the pointer, or all up to `end`; null for none. */
    pointAt(message: string | null, offset = 0, end = offset + 1): void {
      const piece = message === null ? null : (known()?.pieceAt(message, offset, end) ?? null);
      const { token } = store.getState();
      if (token === null && piece === null) return;
      if (token?.message === message && token?.start === piece?.start && token?.end === piece?.end) return;
      store.setState(
        piece && message !== null ? { token: { message, ...piece }, pointed: null } : { token: null },
      );
    },
    /** An answer's text as it was heard; '' of one that was not. */
    textOf: (message: string): string => known()?.textOf(message) ?? '',
    choicesOf: (token: TokenRef): readonly TokenChoice[] => known()?.choicesOf(token.message, token) ?? [],
    /** Where the pointed or else the pinned expert took part in a message's text. */
    marksOf(message: string): readonly TextRange[] {
      const { pointed, pinned } = store.getState();
      const expert = pointed ?? pinned;
      return expert ? (known()?.rangesOf(message, expert) ?? []) : [];
    },
  };
}

function same(a: ExpertRef | null, b: ExpertRef | null): boolean {
  return a?.layer === b?.layer && a?.expert === b?.expert;
}

export type Experts = ReturnType<typeof createExperts>;
