/** The command line of `npm run infer`, checked. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AppError } from '../../base/failure.ts';
import type { CompletionRequest, Sampling, WeightsMode } from '../../protocol/api.ts';

export interface InferOptions {
  /** The files of one model, absolute or relative to the working folder. */
  readonly files: readonly string[];
  readonly title: string;
  readonly runtime: 'browser' | 'node' | 'cpu';
  readonly weights: WeightsMode;
  readonly contextLength: number;
  readonly request: CompletionRequest;
  /** Where the logits go, or null. */
  readonly logitsFile: string | null;
}

const USAGE = `npm run infer -- --model PATH (--prompt TEXT [--chat] | --tokens 1,2,3) [options]
  --model PATH          a .gguf file, a folder with config.json and *.safetensors, or guide: the built-in model
  --max-tokens N        tokens to generate (default 128; 0 with --logits for the prompt alone)
  --greedy              or --temperature T --top-k K --top-p P --min-p P --seed N
  --weights keep|q8|q4  default keep: the file's own precision
  --context N           positions of context (default 4096)
  --logits FILE         raw little-endian f32, [positions, vocab]
  --runtime browser|node|cpu  default browser; cpu is the plain forward pass, for small models`;

export function readArgs(args: readonly string[]): InferOptions {
  const { values } = parse(args);
  if (values.model === undefined) throw bad(`--model is missing\n${USAGE}`);
  const files = modelFiles(BUILT_IN[values.model] ?? values.model);
  return {
    files,
    title: basename(values.model),
    runtime: choice('runtime', values.runtime ?? 'browser', ['browser', 'node', 'cpu']),
    weights: choice('weights', values.weights ?? 'keep', ['keep', 'q8', 'q4']),
    contextLength: number('context', values.context ?? '4096', 1),
    logitsFile: values.logits ?? null,
    request: {
      prompt: promptOf(values),
      sampling: samplingOf(values),
      maxTokens: number('max-tokens', values['max-tokens'] ?? '128', 0),
      logits: values.logits !== undefined,
    },
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        model: text,
        prompt: text,
        tokens: text,
        chat: flag,
        'max-tokens': text,
        greedy: flag,
        temperature: text,
        'top-k': text,
        'top-p': text,
        'min-p': text,
        seed: text,
        weights: text,
        context: text,
        logits: text,
        runtime: text,
      },
    });
  } catch (error) {
    throw bad(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function promptOf(values: Values): CompletionRequest['prompt'] {
  if ((values.prompt === undefined) === (values.tokens === undefined))
    throw bad('give either --prompt or --tokens');
  if (values.prompt !== undefined) return { text: values.prompt, chat: values.chat ?? false };
  return { ids: (values.tokens ?? '').split(',').map((id) => number('tokens', id.trim(), 0)) };
}

function samplingOf(values: Values): Sampling {
  if (values.greedy && values.temperature !== undefined) throw bad('give either --greedy or --temperature');
  return {
    temperature: values.greedy ? 0 : real('temperature', values.temperature ?? '0.8'),
    topK: number('top-k', values['top-k'] ?? '40', 0),
    topP: real('top-p', values['top-p'] ?? '0.95'),
    minP: real('min-p', values['min-p'] ?? '0.05'),
    repetitionPenalty: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    seed: number('seed', values.seed ?? '0', 0),
  };
}

/** The models shipped with the page, by name; `./guide` would be a folder of the user's. */
const BUILT_IN: Readonly<Record<string, string>> = {
  guide: fileURLToPath(new URL('../../../public/guide', import.meta.url)),
};

/** One GGUF (and the other parts of a split one), or what a Hugging Face folder holds. */
function modelFiles(path: string): readonly string[] {
  if (!existsSync(path))
    throw new AppError('MODEL_NOT_FOUND', `there is no file or folder ${path}`, { model: path });
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path).filter((name) => /\.(safetensors|json|jinja)$/u.test(name));
    return names.sort().map((name) => join(path, name));
  }
  const split = /^(.*)-\d{5}-of-(\d{5})\.gguf$/u.exec(basename(path));
  if (!split) return [path];
  const parts = readdirSync(dirname(path)).filter(
    (name) => name.startsWith(`${split[1]}-`) && name.endsWith(`-of-${split[2]}.gguf`),
  );
  return parts.sort().map((name) => join(dirname(path), name));
}

function choice<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw bad(`--${name} is ${allowed.join(' or ')}, not ${value}`);
  return found;
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < least)
    throw bad(`--${name}: ${text} is not a whole number from ${least}`);
  return value;
}

function real(name: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw bad(`--${name}: ${text} is not a number from 0`);
  return value;
}

function bad(message: string): AppError {
  return new AppError('BAD_REQUEST', message);
}
