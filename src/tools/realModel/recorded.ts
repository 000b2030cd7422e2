/** What record.ts wrote of llama.cpp, and its shape. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

export const RECORDED_FILE = 'src/tools/realModel/recorded.json';

const RankedSchema = v.tuple([v.number(), v.number()]);
/** A token id with its log-probability. */
export type Ranked = v.InferOutput<typeof RankedSchema>;

const PromptSchema = v.object({
  name: v.string(),
  promptIds: v.array(v.number()),
  /** Greedy, on the file itself. */
  tokens: v.array(v.number()),
  /** The five likeliest at the position of each of `tokens`, on the file itself. */
  top: v.array(v.array(RankedSchema)),
  /** The same with f32 activations, after the same tokens. */
  exact: v.array(v.array(RankedSchema)),
  /** Greedy with f32 activations, from the prompt alone. */
  exactTokens: v.array(v.number()),
  /** By how much each of them led the next likeliest. */
  exactLeads: v.array(v.number()),
});
export type RecordedPrompt = v.InferOutput<typeof PromptSchema>;

export function readRecorded(): readonly RecordedPrompt[] {
  const json: unknown = JSON.parse(readFileSync(RECORDED_FILE, 'utf8'));
  return v.parse(v.object({ prompts: v.array(PromptSchema) }), json).prompts;
}
