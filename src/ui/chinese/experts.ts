/** 专家视图。 */
import type { ExpertShape } from '../../protocol/api.ts';
import { count, share } from '../format.ts';

export const experts = {
  title: '专家',
  what: '混合专家模型的每一层都有许多小网络，每个词元只由其中几个来处理。一行是一层，一点是一个专家；越亮，它对这个词元说得越多。',
  shape: ({ layers, experts: each, topK }: ExpertShape) =>
    `共 ${count(layers)} 层，每层 ${count(each)} 个专家，每个词元选用 ${count(topK)} 个。`,
  none: '尚未加载模型。加载一个带专家的模型，再问点什么。',
  dense: '这个模型没有专家：每个词元都经过整个网络。内置的向导有专家。',
  waiting: '问点什么：模型说话时，专家会亮起来。',
  later: '这个回答开始时还没有打开专家视图，从下一个回答起显示。',
  dots: '圆点显示',
  modes: { live: '此刻', conversation: '本次对话' },
  field: '各层的专家',
  keys: '方向键在专家之间移动，回车键固定一个并标出它参与的词，Esc 键放开。',
  hint: '指向一个圆点，或回答中的一个词。',
  expert: (layer: number, expert: number) => `第 ${count(layer)} 层 · 专家 ${count(expert)}`,
  ofTokens: (part: number) => `占词元的 ${share(part)}`,
  pinned: '已固定',
  marked: (words: number) => (words === 0 ? '它没有参与页面上的回答。' : `已标出 ${count(words)} 处。`),
  unmarked: (passages: number, some: readonly string[]) =>
    passages === 0
      ? '它没有参与页面上的回答。'
      : `它参与了 ${count(passages)} 处${some.length === 0 ? '' : `：${some.map((words) => `“${words}”`).join('、')}${some.length < passages ? '……' : ''}`}。这个浏览器无法在页面上标出它们，换用较新的浏览器即可。`,
  release: '放开',
  word: (text: string) => `“${text}”`,
  wordTokens: (tokens: number) => `${count(tokens)} 个词元`,
  strongest: '最主要的',
  forgotten: '这个词由哪些专家写出，已无记录。',
  balance: '使用得是否均匀',
  tokens: (tokens: number) => `本次对话共 ${count(tokens)} 个词元。`,
  even: (average: number, lowest: number, layer: number) =>
    `平均达到完全均匀的 ${share(average)}；最低是第 ${count(layer)} 层，${share(lowest)}。`,
  busiest: (layer: number, expert: number, times: string) =>
    `最忙的是第 ${count(layer)} 层的专家 ${count(expert)}，为其应得份额的 ${times} 倍。`,
  unused: (unused: number, all: number) =>
    unused === 0 ? '每个专家都用到了。' : `尚未用到：${count(all)} 个中的 ${count(unused)} 个。`,
  layerEven: (layer: number, even: number) => `第 ${count(layer)} 层：均匀度 ${share(even)}。`,
  full: '记录单个词元的内存已满：最早的词不再能追溯到专家。次数统计仍然完整。',
  comma: '、',
  table: '以表格显示',
  columns: { layer: '层', most: '最常用的专家', even: '均匀度' },
  close: '收起专家视图',
};
