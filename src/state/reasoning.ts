/**
 * What of a model's text is reasoning, and what is the answer. Models mark it
 * in a few ways; a marker counts only where reasoning can begin, at the start
 * of the text, so that an answer about markers is left as it is.
 *
 * Sources: the chat templates of the families (Qwen3, DeepSeek-R1, GLM:
 * think; Magistral: [THINK]; Kimi-VL: ◁think▷; Command A: START_THINKING;
 * Seed-OSS: seed:think; Gemma 4: a channel named thought) and, for channels,
 * OpenAI's harmony response format.
 */
export interface Split {
  /** '' where there is none. */
  readonly reasoning: string;
  /** The reasoning has begun and its end has not come. */
  readonly open: boolean;
  readonly answer: string;
}

interface Markers {
  readonly open: string;
  readonly close: string;
}

const MARKERS: readonly Markers[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '◁think▷', close: '◁/think▷' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<|channel>thought', close: '<channel|>' },
];

/** Templates may write the opening marker into the prompt: then only the closing one is the model's. */
const CLOSED_ALONE: readonly string[] = ['</think>', '</seed:think>', '[/THINK]', '◁/think▷'];

const CHANNEL = '<|channel|>';
const CHANNEL_HEAD = /<\|channel\|>\s*(\w+)[^<]*<\|message\|>/g;
const CHANNEL_END = /<\|(?:end|return|call|start)\|>/;

const OPENERS: readonly string[] = [...MARKERS.map(({ open }) => open), CHANNEL];
const LONGEST_CLOSER = 24;

export function splitReasoning(text: string): Split {
  const said = text.trimStart();
  if (said.startsWith(CHANNEL)) return splitChannels(said);
  const markers = MARKERS.find(({ open }) => said.startsWith(open));
  if (markers) return splitBetween(said.slice(markers.open.length), markers.close);
  // Half a marker is on its way: nothing to show yet.
  if (said !== '' && OPENERS.some((open) => open.startsWith(said))) return whole('');
  for (const close of CLOSED_ALONE) {
    const at = text.indexOf(close);
    if (at >= 0 && text[at - 1] !== '`') {
      return {
        reasoning: text.slice(0, at).trim(),
        open: false,
        answer: text.slice(at + close.length).trimStart(),
      };
    }
  }
  return whole(text);
}

function whole(answer: string): Split {
  return { reasoning: '', open: false, answer };
}

function splitBetween(inside: string, close: string): Split {
  const at = inside.indexOf(close);
  if (at < 0) return { reasoning: withoutPart(inside, close).trim(), open: true, answer: '' };
  return {
    reasoning: inside.slice(0, at).trim(),
    open: false,
    answer: inside.slice(at + close.length).trimStart(),
  };
}

/** Without the beginning of a marker at the very end. */
function withoutPart(text: string, marker: string): string {
  for (let length = marker.length - 1; length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return text.slice(0, -length);
  }
  return text;
}

/** Harmony: messages in channels. What is in `final` is the answer, what is in others leads to it. */
function splitChannels(text: string): Split {
  const heads = [...text.matchAll(CHANNEL_HEAD)];
  const reasoning: string[] = [];
  let answer: string | null = null;
  for (const [index, head] of heads.entries()) {
    const next = heads[index + 1]?.index ?? text.length;
    const inside = text.slice(head.index + head[0].length, next).split(CHANNEL_END);
    const body = inside.length === 1 ? withoutPart(inside[0] ?? '', '<|end|>') : (inside[0] ?? '');
    if (head[1] === 'final') answer = body.trim();
    else reasoning.push(body.trim());
  }
  return {
    reasoning: reasoning.filter((part) => part !== '').join('\n\n'),
    open: answer === null,
    answer: answer ?? '',
  };
}

/** Times the reasoning of one answer as its text comes. Each piece costs the same, however long the text is. */
export function createReasoningClock(now: () => number) {
  const begun = now();
  let from: number | null = null;
  let to: number | null = null;
  return {
    /** `text` is all there is so far, of which `added` characters are new. */
    heard(text: string, added: number): void {
      if (to !== null) return;
      const head = text.slice(0, 64).trimStart();
      if (from === null && OPENERS.some((open) => head.startsWith(open))) from = now();
      const tail = text.slice(-(added + LONGEST_CLOSER));
      const closes = from === null ? CLOSED_ALONE : [...MARKERS.map(({ close }) => close), `${CHANNEL}final`];
      if (!closes.some((close) => tail.includes(close))) return;
      to = now();
      from ??= begun;
    },
    /** There was some, and the answer has begun. */
    ended: (): boolean => to !== null,
    /** Milliseconds; null where nothing of the text was reasoning. */
    measured(text: string): number | null {
      if (from === null || splitReasoning(text).reasoning === '') return null;
      return Math.round((to ?? now()) - from);
    },
  };
}
