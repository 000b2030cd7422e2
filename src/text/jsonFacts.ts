/** The facts of a Hugging Face model folder. */
import * as v from 'valibot';
import type { TextFacts } from '../base/textFacts.ts';
import { stopIdsOf } from './stopIds.ts';
import { flattenStep, parseTokenizerJson, type TokenizerJson } from './tokenizerJson.ts';

const TokenName = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform((token) => token.content),
  ),
]);

const ConfigSchema = v.object({
  bos_token: v.fallback(v.nullable(TokenName), null),
  eos_token: v.fallback(v.nullable(TokenName), null),
  add_bos_token: v.fallback(v.nullable(v.boolean()), null),
  chat_template: v.fallback(
    v.nullable(v.union([v.string(), v.array(v.object({ name: v.string(), template: v.string() }))])),
    null,
  ),
});

const GenerationSchema = v.object({
  eos_token_id: v.fallback(
    v.union([
      v.pipe(
        v.number(),
        v.transform((id) => [id]),
      ),
      v.array(v.number()),
    ]),
    [],
  ),
});

/**
 * `tokenizer`, `tokenizerConfig` and `generationConfig` are the parsed files, the
 * last two null where absent; `chatTemplateFile` is chat_template.jinja, which
 * goes before the config's. UNSUPPORTED_TOKENIZER as createTokenizer.
 */
export function textFactsFromTokenizerJson(
  tokenizer: unknown,
  tokenizerConfig: unknown,
  generationConfig: unknown,
  chatTemplateFile: string | null = null,
): TextFacts {
  const json = parseTokenizerJson(tokenizer);
  const config = v.parse(ConfigSchema, tokenizerConfig ?? {});
  const generation = v.parse(GenerationSchema, generationConfig ?? {});
  const bos = config.bos_token === null ? null : idOf(json, config.bos_token);
  const eos = config.eos_token === null ? null : idOf(json, config.eos_token);
  const controls = json.added_tokens.filter((token) => token.special);
  return {
    tokenizer,
    tokenizerConfig: { bos_token: config.bos_token, eos_token: config.eos_token },
    chatTemplate: chatTemplateFile ?? chosenTemplate(config.chat_template),
    bos,
    addBos: bos !== null && (config.add_bos_token ?? processorAdds(json, config.bos_token)),
    stopIds: stopIdsOf(
      [...generation.eos_token_id, eos],
      controls.map((token) => [token.id, token.content] as const),
    ),
  };
}

function idOf(json: TokenizerJson, text: string): number | null {
  const added = json.added_tokens.find((token) => token.content === text);
  if (added) return added.id;
  if (json.model.type === 'Unigram') {
    const id = json.model.vocab.findIndex(([piece]) => piece === text);
    return id < 0 ? null : id;
  }
  return Object.hasOwn(json.model.vocab, text) ? (json.model.vocab[text] ?? null) : null;
}

const TemplateStart = v.object({
  single: v.tupleWithRest([v.object({ SpecialToken: v.object({ id: v.string() }) })], v.unknown()),
});

/** Whether the file's post-processor puts `token` first. */
function processorAdds(json: TokenizerJson, token: string | null): boolean {
  return flattenStep(json.post_processor).some((step) => {
    const start = v.safeParse(TemplateStart, step);
    return start.success && start.output.single[0].SpecialToken.id === token;
  });
}

function chosenTemplate(template: v.InferOutput<typeof ConfigSchema>['chat_template']): string | null {
  if (template === null || typeof template === 'string') return template;
  return (template.find(({ name }) => name === 'default') ?? template[0])?.template ?? null;
}
