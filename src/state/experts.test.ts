import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { ExpertShape, LoadedReport, ModelCard } from '../protocol/api.ts';
import { createExperts } from './experts.ts';
import { createHearing } from './expertHearing.ts';
import { createModelStore } from './modelFacts.ts';
import { createView } from './view.ts';

/** One layer of four experts, one chosen: routes are the id alone. */
const SHAPE: ExpertShape = { layers: 1, experts: 4, topK: 1 };

const routes = (token: number, ...ids: number[]) =>
  ({
    kind: 'routes',
    token,
    ids: Uint16Array.from(ids),
    weights: new Float32Array(ids.length).fill(1),
  }) as const;
const text = (words: string, tokens: number) => ({ kind: 'text', text: words, tokens }) as const;

const frames: (() => void)[] = [];
beforeEach(() => {
  frames.length = 0;
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => void (frames.length = 0));
});

function room() {
  const models = { store: createModelStore() };
  const view = createView();
  const settings = { store: createStore(() => ({ expertView: false })) };
  const experts = createExperts({ models, view, settings });
  const load = (id: string, shape: ExpertShape | null): void =>
    models.store.setState({
      cards: [{ id, experts: shape } as ModelCard],
      loaded: { modelId: id } as LoadedReport,
    });
  return { models, view, settings, experts, load };
}

/** "The tide rose", a token a word: experts 2, 0, 2. */
function speak(experts: ReturnType<typeof createExperts>, conversation = 'c', message = 'm'): void {
  const heard = experts.listen(conversation, message, '');
  ['The', ' tide', ' rose'].forEach((word, token) => {
    heard?.(routes(token, [2, 0, 2][token]!));
    heard?.(text(word, token + 1));
  });
  frames.splice(0).forEach((frame) => frame());
}

describe('who is listened to', () => {
  it('asks for nothing while nobody looks', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    expect(experts.listen('c', 'm', '')).toBeNull();
    view.setDrawer('experts');
    expect(experts.listen('c', 'm', '')).not.toBeNull();
  });

  it('asks where the settings say so, the drawer open or not', () => {
    const { experts, load, settings } = room();
    load('guide', SHAPE);
    settings.store.setState({ expertView: true });
    expect(experts.listen('c', 'm', '')).not.toBeNull();
  });

  it('asks nothing of a model without experts', () => {
    const { experts, load, view } = room();
    view.setDrawer('experts');
    expect(experts.listen('c', 'm', '')).toBeNull();
    load('dense', null);
    expect(experts.store.getState().shape).toBeNull();
    expect(experts.listen('c', 'm', '')).toBeNull();
  });
});

describe('what is heard', () => {
  it('is counted for each conversation, and kept from one to the next', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    speak(experts);
    speak(experts, 'other', 'n');
    speak(experts, 'c', 'o');
    expect([...(experts.usageOf('c')?.counts ?? [])]).toEqual([2, 0, 4, 0]);
    expect(experts.usageOf('other')?.tokens).toBe(3);
    expect(experts.usageOf('never')).toBeNull();
    expect(experts.store.getState()).toMatchObject({ hearing: 'o', heard: 9 });
  });

  it('is told once a frame to the store, at once to watchers', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    const seen: number[] = [];
    const leave = experts.watch(({ token }) => void seen.push(token));
    const changes = vi.fn();
    experts.store.subscribe(changes);
    speak(experts);
    expect(seen).toEqual([0, 1, 2]);
    expect(changes).toHaveBeenCalledTimes(2); // whose answer it is, and the tokens
    leave();
    speak(experts);
    expect(seen).toHaveLength(3);
  });

  it('is forgotten with the model, not with another conversation or a reload of the same', () => {
    const { experts, load, models, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    speak(experts);
    models.store.setState({ loaded: null });
    load('guide', SHAPE);
    expect(experts.usageOf('c')?.tokens).toBe(3);
    load('other', { layers: 1, experts: 8, topK: 1 });
    expect(experts.usageOf('c')).toBeNull();
    expect(experts.store.getState()).toMatchObject({ heard: 0, hearing: null });
  });
});

describe('words and experts', () => {
  it('finds the experts of a word, and the words of an expert', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    speak(experts);
    experts.pointAt('m', 5);
    const { token } = experts.store.getState();
    expect(token).toEqual({ message: 'm', start: 3, end: 8, firstToken: 1, endToken: 2 });
    expect(experts.choicesOf(token!).map(({ ids }) => ids[0])).toEqual([0]);
    experts.pointAt(null);
    expect(experts.store.getState().token).toBeNull();

    experts.point({ layer: 0, expert: 2 });
    expect(experts.marksOf('m')).toEqual([
      { start: 0, end: 3 },
      { start: 8, end: 13 },
    ]);
    expect(experts.marksOf('other')).toEqual([]);
  });

  it('holds an expert, shows the pointed one first, lets it go when asked again', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    speak(experts);
    experts.pin({ layer: 0, expert: 0 });
    expect(experts.marksOf('m')).toEqual([{ start: 3, end: 8 }]);
    experts.point({ layer: 0, expert: 1 });
    expect(experts.marksOf('m')).toEqual([]);
    experts.point(null);
    experts.pin({ layer: 0, expert: 0 });
    expect(experts.store.getState().pinned).toBeNull();
  });

  it('goes by what was pointed at last', () => {
    const { experts, load, view } = room();
    load('guide', SHAPE);
    view.setDrawer('experts');
    speak(experts);
    experts.point({ layer: 0, expert: 2 });
    experts.pointAt('m', 5);
    expect(experts.store.getState()).toMatchObject({ pointed: null, token: { start: 3 } });
    experts.point({ layer: 0, expert: 2 });
    expect(experts.store.getState()).toMatchObject({ pointed: { expert: 2 }, token: null });
  });

  it('joins neighbouring words', () => {
    const hearing = createHearing('guide', SHAPE);
    const heard = hearing.begin('c', 'm', '', () => undefined);
    ['a', 'b', 'c'].forEach((word, token) => {
      heard(routes(token, token < 2 ? 1 : 3));
      heard(text(word, token + 1));
    });
    expect(hearing.rangesOf('m', { layer: 0, expert: 1 })).toEqual([{ start: 0, end: 2 }]);
  });

  it('marks text that was waited for with every token behind it', () => {
    const hearing = createHearing('guide', SHAPE);
    const heard = hearing.begin('c', 'm', '', () => undefined);
    heard(routes(0, 1));
    heard(text('', 1));
    heard(routes(1, 3));
    heard(text('鱼', 2));
    expect(hearing.rangesOf('m', { layer: 0, expert: 1 })).toEqual([{ start: 0, end: 1 }]);
    expect(hearing.choicesOf('m', hearing.pieceAt('m', 0)!)).toHaveLength(2);
  });
});

describe('the bound', () => {
  it('lets the oldest tokens go, and says so', () => {
    // A block is 32 tokens of 6 bytes: room for two.
    const hearing = createHearing('guide', SHAPE, 2 * 32 * 6);
    const first = hearing.begin('c', 'first', '', () => undefined);
    for (let token = 0; token < 32; token++) first(routes(token, 1));
    first(text('old', 32));
    const second = hearing.begin('c', 'second', '', () => undefined);
    for (let token = 0; token < 32; token++) second(routes(token, 1));
    expect(hearing.full).toBe(false);
    expect(hearing.rangesOf('first', { layer: 0, expert: 1 })).toHaveLength(1);
    second(routes(32, 1));
    second(text('new', 33));
    expect(hearing.full).toBe(true);
    expect(hearing.rangesOf('first', { layer: 0, expert: 1 })).toEqual([]);
    expect(hearing.choicesOf('first', hearing.pieceAt('first', 0)!)).toEqual([]);
    expect(hearing.rangesOf('second', { layer: 0, expert: 1 })).toHaveLength(1);
    expect(hearing.usageOf('c')?.tokens).toBe(65); // counts are never let go
  });

  it('goes on with what was heard of an answer that was cut', () => {
    const hearing = createHearing('guide', SHAPE);
    const first = hearing.begin('c', 'm', '', () => undefined);
    first(routes(0, 1));
    first(text('old', 1));
    const rest = hearing.begin('c', 'm', 'old', () => undefined);
    rest(routes(0, 3));
    rest(text(' new', 1));
    expect(hearing.textOf('m')).toBe('old new');
    expect(hearing.rangesOf('m', { layer: 0, expert: 1 })).toEqual([{ start: 0, end: 3 }]);
    expect(hearing.rangesOf('m', { layer: 0, expert: 3 })).toEqual([{ start: 3, end: 7 }]);
    // Of one whose beginning was not heard, what comes is told from where it comes.
    const unheard = hearing.begin('c', 'other', 'before', () => undefined);
    unheard(routes(0, 3));
    unheard(text(' after', 1));
    expect(hearing.rangesOf('other', { layer: 0, expert: 3 })).toEqual([{ start: 6, end: 12 }]);
    expect(hearing.choicesOf('other', hearing.pieceAt('other', 0)!)).toEqual([]);
  });

  it('forgets an answer that is begun again', () => {
    const hearing = createHearing('guide', SHAPE);
    const heard = hearing.begin('c', 'm', '', () => undefined);
    heard(routes(0, 1));
    heard(text('old', 1));
    hearing.begin('c', 'm', '', () => undefined);
    expect(hearing.pieceAt('m', 0)).toBeNull();
    expect(hearing.rangesOf('m', { layer: 0, expert: 1 })).toEqual([]);
  });
});
