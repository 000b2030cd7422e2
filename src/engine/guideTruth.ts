/**
 * For tests: the built-in guide's own files, and what PyTorch's transformers computed
 * on them (src/tools/golden/guide.py). Vite hands the files over as data URLs, so a
 * test reads them alike in Node and in a browser.
 */
import { expect } from 'vitest';
import * as v from 'valibot';
import type { ByteSource } from '../formats/index.ts';
import type { ChosenExperts } from '../graph/index.ts';
import { sha256 } from '../storage/index.ts';
import { GREEDY } from './sampling.ts';
import type { TokenRunner } from './tokenRunner.ts';
import { trace } from './trace.ts';

const COMMAND = '/opt/shoal-venv/bin/python src/tools/golden/guide.py';
/** Relative, over the logits of a position. */
const TOLERANCE = 1e-4;
/** Router scores nearer than this may fall either way. */
const NEAR_TIE = 1e-4;

const TruthSchema = v.object({
  sha256: v.string(),
  vocab: v.number(),
  chats: v.array(
    v.object({
      promptTokens: v.number(),
      tokens: v.array(v.number()),
      routes: v.array(v.array(v.array(v.number()))), // [layers][tokens][topK]
      margins: v.array(v.array(v.nullable(v.number()))), // [layers][tokens]
      logSumExp: v.array(v.number()), // [tokens]
      logits: v.string(), // base64 of f32 [tokens, sampled]: of position p the ids p % step, + step, …
    }),
  ),
});

type Truth = v.InferOutput<typeof TruthSchema>;
type Chat = Truth['chats'][number];

const files = import.meta.glob<string>('../../public/guide/*.{json,safetensors}', {
  query: '?url&inline',
  import: 'default',
});
const recorded = import.meta.glob<unknown>('./guideTruth.json', { import: 'default' });

/** The folder's files and the recording, which is of these very weights. */
export async function readGuide(): Promise<{ sources: readonly ByteSource[]; truth: Truth }> {
  const sources = await Promise.all(Object.keys(files).map(sourceOf));
  const weights = sources.find(({ name }) => name === 'model.safetensors');
  if (weights === undefined) throw new Error('public/guide has no model.safetensors');
  const record = recorded['./guideTruth.json'];
  if (record === undefined) throw new Error(`nothing is recorded of the guide: ${COMMAND}`);
  const truth = v.parse(TruthSchema, await record());
  if ((await sha256(await weights.read(0, weights.size))) !== truth.sha256)
    throw new Error(`public/guide is not what was recorded: record again with ${COMMAND}`);
  return { sources, truth };
}

async function sourceOf(path: string): Promise<ByteSource> {
  const response = await fetch(await files[path]!());
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}

/** The prompt in chunks, then token by token: logits, experts and greedy tokens as recorded. */
export async function expectTransformers(runner: TokenRunner, { vocab, chats }: Truth): Promise<void> {
  for (const chat of chats) {
    const rows: Float32Array[] = [];
    const routes: ChosenExperts[] = [];
    const { tokens } = await trace(runner, chat.tokens.slice(0, chat.promptTokens), {
      sampling: GREEDY,
      maxTokens: chat.tokens.length - chat.promptTokens,
      stopIds: new Set(),
      signal: new AbortController().signal,
      onLogits: (part) => Promise.resolve(void rows.push(...rowsOf(part, vocab))),
      onRoutes: (part) => void routes.push(part),
    });
    expect(tokens).toEqual(chat.tokens.slice(chat.promptTokens));
    expect(rows).toHaveLength(chat.tokens.length);
    expectLogits(rows, chat, vocab);
    expectRoutes(routes, chat);
  }
}

function rowsOf(logits: Float32Array, vocab: number): Float32Array[] {
  return Array.from({ length: logits.length / vocab }, (_, row) =>
    logits.subarray(row * vocab, (row + 1) * vocab),
  );
}

function expectLogits(rows: readonly Float32Array[], { logits, logSumExp }: Chat, vocab: number): void {
  const bytes = Uint8Array.from(atob(logits), (char) => char.charCodeAt(0));
  const wanted = new Float32Array(bytes.buffer); // [tokens, sampled]
  const sampled = wanted.length / rows.length;
  const step = vocab / sampled;
  rows.forEach((row, position) => {
    let difference = 0;
    let whole = 0;
    for (let i = 0; i < sampled; i++) {
      const truth = wanted[position * sampled + i]!;
      difference += (row[(position % step) + i * step]! - truth) ** 2;
      whole += truth ** 2;
    }
    expect(Math.sqrt(difference / whole), `position ${position}`).toBeLessThan(TOLERANCE);
    const highest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - highest), 0);
    const off = Math.abs(highest + Math.log(sum) - logSumExp[position]!);
    expect(off / Math.abs(logSumExp[position]!), `sum at ${position}`).toBeLessThan(TOLERANCE);
  });
}

function expectRoutes(parts: readonly ChosenExperts[], { routes, margins }: Chat): void {
  expect(routes.length).toBeGreaterThan(0);
  routes.forEach((experts, layer) => {
    const made = parts.flatMap((part) => part[layer]!);
    const decided = margins[layer]!.map((margin) => margin === null || margin > NEAR_TIE);
    expect(decided.filter(Boolean).length).toBeGreaterThan(experts.length / 2);
    expect(
      made.filter((_, token) => decided[token]),
      `experts of layer ${layer}`,
    ).toEqual(experts.filter((_, token) => decided[token]));
  });
}
