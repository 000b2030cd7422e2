/**
 * Writes recorded.json, what llama.cpp says on the real model, for compare.check.ts:
 *
 *     node src/tools/run.mjs src/tools/realModel/record.ts F32.gguf
 *
 * F32.gguf is dequantise.py's: the same weights with f32 activations, where
 * llama.cpp on the file itself quantises activations to 8 bits as it goes.
 */
import { writeFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
import type { Token } from 'node-llama-cpp';
import * as v from 'valibot';
import { openLlamaCpp, type LlamaCpp } from '../llamaCpp.ts';
import { fetchRealModel } from './fetchModel.ts';
import { REAL_PROMPTS, type RealPrompt } from './prompts.ts';
import { rankLogits } from './rankLogits.ts';
import { RECORDED_FILE, type Ranked, type RecordedPrompt } from './recorded.ts';

const GENERATED = 48;
const CONTEXT = 1024;
const TOP = 5;

export async function main([exactPath]: readonly string[]): Promise<number> {
  if (exactPath === undefined) throw new Error('name the F32 GGUF made by dequantise.py');
  const { path, ...rest } = await fetchRealModel();
  if (path === null) throw new Error(JSON.stringify(rest));
  const sameFile = await openLlamaCpp(path, CONTEXT);
  const exact = await openLlamaCpp(exactPath, CONTEXT);
  const prompts: RecordedPrompt[] = [];
  for (const prompt of REAL_PROMPTS) {
    prompts.push(await recordPrompt(prompt, sameFile, exact));
    console.log(`${prompt.name}: ${sameFile.model.detokenize(prompts.at(-1)?.exactTokens as Token[], true)}`);
  }
  await sameFile.dispose();
  await exact.dispose();
  writeFileSync(RECORDED_FILE, `${JSON.stringify({ prompts }).replaceAll('{"name"', '\n{"name"')}\n`);
  return 0;
}

async function recordPrompt(
  prompt: RealPrompt,
  sameFile: LlamaCpp,
  exact: LlamaCpp,
): Promise<RecordedPrompt> {
  const text = prompt.chat ? withTemplate(prompt.text, sameFile) : prompt.text;
  const promptIds = [...sameFile.model.tokenize(text, true)].map(Number);
  const { tokens, top } = await write(sameFile, promptIds);
  const { tokens: exactTokens, top: exactTop } = await write(exact, promptIds);
  await exact.clear();
  const forced = await exact.logits([...promptIds, ...tokens.slice(0, -1)], promptIds.length - 1);
  return {
    name: prompt.name,
    promptIds,
    tokens,
    top,
    exact: forced.map(ranked),
    exactTokens,
    exactLeads: exactTop.map(([best, next]) => Number(((best?.[1] ?? NaN) - (next?.[1] ?? NaN)).toFixed(6))),
  };
}

/** Greedy, from an empty timeline, until an end token, which is left out. */
async function write(llama: LlamaCpp, promptIds: readonly number[]): Promise<Written> {
  await llama.clear();
  const tokens: number[] = [];
  const top: Ranked[][] = [];
  let logits = (await llama.logits(promptIds, promptIds.length - 1)).at(-1);
  while (logits !== undefined && tokens.length < GENERATED) {
    const best = ranked(logits);
    const token = best[0]?.[0] ?? 0;
    if (llama.model.isEogToken(token as Token)) break;
    tokens.push(token);
    top.push(best);
    logits = (await llama.logits([token])).at(-1);
  }
  return { tokens, top };
}

interface Written {
  readonly tokens: number[];
  readonly top: Ranked[][];
}

function withTemplate(text: string, { model }: LlamaCpp): string {
  const source = v.parse(v.string(), model.fileInfo.metadata.tokenizer?.chat_template);
  const messages = [{ role: 'user', content: text }];
  return new Template(source).render({ messages, add_generation_prompt: true });
}

/** The likeliest ids with their log-probabilities, best first. */
function ranked(logits: Float32Array): Ranked[] {
  const { order, logProb } = rankLogits(logits);
  return order.slice(0, TOP).map((id) => [id, Number(logProb(id).toFixed(6))]);
}
