/**
 * What anybody asks the guide first: every suggestion of the page, and the plainest
 * questions besides. Each is asked greedily and with eight seeds in the product's own
 * sampling, on the plain forward pass, and has to be answered rightly every time:
 *
 *     node src/tools/run.mjs src/tools/guide-model/firstQuestions.ts --model public/guide
 *
 * What is right was written from the facts about Shoal, not from answers.
 */
import { parseArgs } from 'node:util';
import { complete } from '../../engine/index.ts';
import { GREEDY, type SamplingSettings } from '../../engine/sampling.ts';
import { GUIDE_VALUES } from '../../state/presets.ts';
import { english } from '../../ui/english/index.ts';
import { readArgs } from '../infer/args.ts';
import { withNodeModel } from '../infer/node.ts';

const SEEDS = 8;
/** Tokens; the longest story takes about 170. */
const LONGEST_ANSWER = 256;

interface Facts {
  /** All of them stand in a right answer… */
  readonly all: readonly RegExp[];
  /** …and none of these. */
  readonly none: readonly RegExp[];
}

const REFUSES = /\b(do not|don't|cannot|can't) (know|answer|help|do)\b|know only|beyond me/i;
/** Statements about Shoal that no answer may make. */
const UNTRUE =
  /\b(on|to|from) (a|our|your|the|some) servers?\b|\b(in|to) the cloud\b|costs? \d|sign up first/i;

const SHOAL: Facts = {
  all: [/chat models?/i, /graphics processor|GPU/, /browser|tab/i],
  none: [REFUSES, UNTRUE, /^It works\b/],
};
const ABILITIES: Facts = { all: [/Shoal/, /stor(y|ies)/i], none: [UNTRUE] };
const KEPT: Facts = {
  all: [/browser/i, /this device|your device/i],
  none: [REFUSES, UNTRUE],
};
const NOTHING_LEAVES: Facts = {
  all: [/nothing .*leaves|stays on (this|your) device|private|nothing you write goes/i],
  none: [REFUSES, UNTRUE, /^No\b/],
};

export const FACTS: Readonly<Record<string, Facts>> = {
  'What is Shoal?': SHOAL,
  'what is shoal': SHOAL,
  'What is Shoal': SHOAL,
  'What is this app?': SHOAL,
  'Tell me about Shoal.': SHOAL,
  'Explain Shoal in one sentence.': SHOAL,
  'How does it work?': SHOAL,
  'How does Shoal work?': SHOAL,
  'What can you do?': ABILITIES,
  'What can I ask?': ABILITIES,
  'Who are you?': { all: [/\bguide\b/i, /Shoal/], none: [REFUSES, /\bI am a (person|human)\b/i] },
  Hello: { all: [/^(hello|hi)\b/i, /\bguide\b/i], none: [REFUSES] },
  Thanks: { all: [/welcome|glad/i], none: [REFUSES] },
  'Where are my chats kept?': KEPT,
  'Is Shoal private?': NOTHING_LEAVES,
  'Is what I write private?': NOTHING_LEAVES,
  'Tell me a story about a hedgehog and the moon.': {
    all: [/(\bhedgehog\b[^]*){3}/i, /(\bthe moon\b[^]*){2}/i, /\.$/],
    none: [REFUSES, /\ba moon\b|\ban? \w+s\b/i],
  },
};

/** What the page suggests, in the words the guide is asked in. */
export const suggestions: readonly string[] = english.guide.questions.map(([, asked = '']) => asked);

export const firstQuestions: readonly string[] = [...new Set([...suggestions, ...Object.keys(FACTS)])];

export interface Asked {
  readonly question: string;
  readonly of: number;
  /** What was answered wrongly, with the seed; 'greedy' for none. */
  readonly wrong: readonly string[];
}

export function isTrue({ all, none }: Facts, answer: string): boolean {
  return all.every((fact) => fact.test(answer)) && !none.some((untruth) => untruth.test(answer));
}

const DRAWS: readonly (readonly [string, SamplingSettings])[] = [
  ['greedy', GREEDY],
  ...Array.from({ length: SEEDS }, (_, seed) => [`seed ${seed}`, { ...GUIDE_VALUES, seed }] as const),
];

/** Asks a guide's folder every one of `questions`, each time in a chat of its own. */
export async function askFirst(folder: string, questions: readonly string[]): Promise<readonly Asked[]> {
  const options = readArgs(['--model', folder, '--prompt', '', '--context', '512', '--runtime', 'cpu']);
  return withNodeModel(options, async ({ model }) => {
    const results: Asked[] = [];
    for (const question of questions) {
      const facts = FACTS[question];
      if (facts === undefined) throw new Error(`nothing says what a right answer to “${question}” is`);
      const wrong: string[] = [];
      for (const [how, sampling] of DRAWS) {
        const { text } = await complete(model, {
          sampling,
          maxTokens: LONGEST_ANSWER,
          signal: new AbortController().signal,
          prompt: { text: question, chat: true },
        });
        if (!isTrue(facts, text.trim())) wrong.push(`${how}: ${text.trim()}`);
      }
      results.push({ question, of: DRAWS.length, wrong });
    }
    return results;
  });
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { model: { type: 'string' } } });
  if (values.model === undefined) throw new Error('--model FOLDER');
  const results = await askFirst(values.model, firstQuestions);
  for (const { question, of, wrong } of results) {
    console.log(`${of - wrong.length} of ${of}  ${question}`);
    for (const answer of wrong) console.log(`    ${answer}`);
  }
  return results.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}
