/** The expert view. */
import type { ExpertShape } from '../../protocol/api.ts';
import { count, share } from '../format.ts';

export const experts = {
  title: 'Experts',
  what: 'A mixture of experts has many small networks in each layer and lets a few of them work on each token. A row is a layer, a dot an expert; the brighter it is, the more it has to say.',
  shape: ({ layers, experts: each, topK }: ExpertShape) =>
    `${count(layers)} layers of ${count(each)} experts, ${count(topK)} chosen for each token.`,
  none: 'No model is loaded. Load one with experts and ask it something.',
  dense: 'This model has no experts: the whole network works on every token. The guide has some.',
  waiting: 'Ask something: the experts light up while the model speaks.',
  later: 'This answer began before anyone was looking. The next one is shown.',
  dots: 'The dots show',
  modes: { live: 'Now', conversation: 'This conversation' },
  field: 'Experts by layer',
  keys: 'Arrow keys go from expert to expert, Enter holds one and marks its words, Escape lets go.',
  hint: 'Point at a dot, or at a word of the answer.',
  expert: (layer: number, expert: number) => `layer ${count(layer)} · expert ${count(expert)}`,
  ofTokens: (part: number) => `${share(part)} of tokens`,
  pinned: 'held',
  marked: (words: number) =>
    words === 0
      ? 'It took no part in the answers on the page.'
      : words === 1
        ? 'Marked: 1 passage.'
        : `Marked: ${count(words)} passages.`,
  /** Where the browser can't mark words on the page; `some` are the first of them. */
  unmarked: (passages: number, some: readonly string[]) =>
    passages === 0
      ? 'It took no part in the answers on the page.'
      : `It took part in ${passages === 1 ? '1 passage' : `${count(passages)} passages`}${some.length === 0 ? '' : `: ${some.map((words) => `“${words}”`).join(', ')}${some.length < passages ? ' …' : ''}`}. This browser can’t mark them on the page; a newer one can.`,
  release: 'Let go',
  word: (text: string) => `“${text}”`,
  wordTokens: (tokens: number) => (tokens === 1 ? '1 token' : `${count(tokens)} tokens`),
  strongest: 'most of all',
  forgotten: 'Which experts wrote this is no longer known.',
  balance: 'How evenly they are used',
  tokens: (tokens: number) =>
    tokens === 1 ? '1 token of this conversation.' : `${count(tokens)} tokens of this conversation.`,
  even: (average: number, lowest: number, layer: number) =>
    `On average ${share(average)} of perfectly even; least in layer ${count(layer)}, ${share(lowest)}.`,
  busiest: (layer: number, expert: number, times: string) =>
    `The busiest: layer ${count(layer)}, expert ${count(expert)}, ${times} times its fair share.`,
  unused: (unused: number, all: number) =>
    unused === 0 ? 'Every expert was used.' : `Not used yet: ${count(unused)} of ${count(all)}.`,
  layerEven: (layer: number, even: number) => `Layer ${count(layer)}: ${share(even)} even.`,
  full: 'Memory for single tokens is full: the oldest words can no longer be traced. The counts are whole.',
  comma: ', ',
  table: 'As a table',
  columns: { layer: 'Layer', most: 'Most used experts', even: 'Evenness' },
  close: 'Hide the experts',
};
