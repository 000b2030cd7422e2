/**
 * The half of the tokenizer recordings that Node does for tokenizer.py:
 *   patterns OUT.json               our pre-tokenizer table, for the Rust engine to split by
 *   facts IN.json OUT.json          the tokenizer.json we build from each GGUF metadata of IN
 *   llama IN.json OUT.json          llama.cpp's ids; IN is { texts, models: { name: GGUF path } }
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { textFactsFromGguf } from '../../text/index.ts';
import { PRE_TOKENIZER_NAMES, preTokenizerNamed } from '../../text/preTokenizers.ts';

export async function main([command, from, to]: readonly string[]): Promise<number> {
  if (command === 'patterns' && from !== undefined) {
    const table = PRE_TOKENIZER_NAMES.map((name) => [name, preTokenizerNamed(name)] as const);
    writeFileSync(from, JSON.stringify(Object.fromEntries(table)));
    return 0;
  }
  if (command === 'facts' && from !== undefined && to !== undefined) {
    const metadata = JSON.parse(readFileSync(from, 'utf8')) as Record<string, Record<string, unknown>>;
    const built = Object.entries(metadata).map(
      ([name, meta]) => [name, textFactsFromGguf(meta).tokenizer] as const,
    );
    writeFileSync(to, JSON.stringify(Object.fromEntries(built)));
    return 0;
  }
  if (command === 'llama' && from !== undefined && to !== undefined) {
    writeFileSync(to, JSON.stringify(await llamaIds(JSON.parse(readFileSync(from, 'utf8')) as LlamaRequest)));
    return 0;
  }
  console.error('tokenizerPeers.ts patterns OUT | facts IN OUT | llama IN OUT');
  return 1;
}

interface LlamaRequest {
  readonly texts: readonly string[];
  readonly models: Readonly<Record<string, string>>;
}

type LlamaIds = readonly [asText: number[], parsed: number[] | null];

/** For each model and text: ids with control tokens as text, and with them parsed where that differs. */
async function llamaIds({ texts, models }: LlamaRequest): Promise<Record<string, LlamaIds[]>> {
  const llama = await getLlama({
    build: 'never',
    gpu: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.disabled,
    progressLogs: false,
  });
  const ids: Record<string, LlamaIds[]> = {};
  for (const [name, modelPath] of Object.entries(models)) {
    const model = await llama.loadModel({ modelPath, vocabOnly: true });
    ids[name] = texts.map((text) => {
      const asText = [...model.tokenize(text, false)];
      const parsed = [...model.tokenize(text, true)];
      return [asText, String(asText) === String(parsed) ? null : parsed];
    });
    await model.dispose();
  }
  await llama.dispose();
  return ids;
}
