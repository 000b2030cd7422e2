/** A conversation as the text its model was trained on. */
import { Template } from '@huggingface/jinja';
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';
import type { TextFacts } from '../base/textFacts.ts';

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

/** A model without a template speaks ChatML if its vocabulary does, else by plain names. */
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const PLAIN =
  "{% for message in messages %}{{ message['role'] | capitalize }}: {{ message['content'] | trim }}{{ '\\n\\n' }}{% endfor %}" +
  '{% if add_generation_prompt %}Assistant:{% endif %}';

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
      // As transformers gives them: templates ask `is not none`, which an undefined name is.
      tools: null,
      documents: null,
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

const AddedSchema = v.object({ added_tokens: v.array(v.object({ content: v.string() })) });

function templateOf(facts: TextFacts): string {
  if (facts.chatTemplate !== null) return facts.chatTemplate;
  const { added_tokens } = v.parse(v.fallback(AddedSchema, { added_tokens: [] }), facts.tokenizer);
  const known = new Set(added_tokens.map((token) => token.content));
  return known.has('<|im_start|>') && known.has('<|im_end|>') ? CHATML : PLAIN;
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
