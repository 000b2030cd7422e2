/** A conversation as the text its model was trained on. */
import { Template } from '@huggingface/jinja';
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';
import { parseTokenizerJson, type TokenizerJson } from './tokenizerJson.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface RenderOptions {
  /** End with the words that make the model answer. */
  readonly addGenerationPrompt: boolean;
  /** More variables for the template, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const PLAIN =
  "{% for message in messages %}{{ message['role'] | capitalize }}: {{ message['content'] | trim }}{{ '\\n\\n' }}{% endfor %}" +
  '{% if add_generation_prompt %}Assistant:{% endif %}';

/** A model without a template speaks ChatML if its vocabulary does, else by plain names. */
const PLAIN_STOPS = ['\nUser:', '\nSystem:'];

/** Strings that end an answer where no token does: only the plain form needs them. */
export function stopStringsOf(facts: TextFacts): readonly string[] {
  return facts.chatTemplate === null && templateOf(facts) === PLAIN ? PLAIN_STOPS : [];
}

/** BAD_TEMPLATE where the template cannot be read, or refuses these messages. */
export function renderChat(facts: TextFacts, messages: readonly Message[], options: RenderOptions): string {
  const { bos_token, eos_token } = namedTokens(facts);
  try {
    return compiled(templateOf(facts)).render({
      ...options.variables,
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: options.addGenerationPrompt,
      bos_token,
      eos_token,
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'BAD_TEMPLATE',
      `The model's chat template does not accept this conversation: ${words}`,
      { reason: words },
      error,
    );
  }
}

/** Parsing a template takes longer than rendering it, and a chat renders the same one each turn. */
let lastCompiled: { readonly source: string; readonly template: Template } | null = null;

function compiled(source: string): Template {
  if (lastCompiled?.source !== source) lastCompiled = { source, template: new Template(source) };
  return lastCompiled.template;
}

function templateOf(facts: TextFacts): string {
  if (facts.chatTemplate !== null) return facts.chatTemplate;
  const json = parseTokenizerJson(facts.tokenizer);
  return hasToken(json, '<|im_start|>') && hasToken(json, '<|im_end|>') ? CHATML : PLAIN;
}

function hasToken(json: TokenizerJson, text: string): boolean {
  return json.added_tokens.some((token) => token.content === text);
}

const TokenName = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform((token) => token.content),
  ),
]);
const NamesSchema = v.object({ bos_token: v.fallback(TokenName, ''), eos_token: v.fallback(TokenName, '') });

function namedTokens(facts: TextFacts): v.InferOutput<typeof NamesSchema> {
  return v.parse(v.fallback(NamesSchema, { bos_token: '', eos_token: '' }), facts.tokenizerConfig);
}
