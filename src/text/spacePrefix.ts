/**
 * The space SentencePiece puts before text. Tokenizer files say it in one of two
 * ways; both are taken out of what the library runs, since only the caller
 * knows whether a text begins anything.
 */
import { flattenStep, type Step, type TokenizerJson } from './tokenizerJson.ts';

/** Text with its prefix, if it gets one; `first` is whether the prompt begins here. */
export type PrefixRule = (text: string, first: boolean) => string;

export interface PrefixSplit {
  readonly prefix: PrefixRule;
  readonly normalizer: Step | null;
  readonly preTokenizer: Step | null;
}

export function takePrefixRule(json: TokenizerJson): PrefixSplit {
  const normalizers = flattenStep(json.normalizer);
  const preTokenizers = flattenStep(json.pre_tokenizer);
  const prepend = normalizers.find((step) => step.type === 'Prepend')?.['prepend'];
  const metaspace = preTokenizers.find((step) => step.type === 'Metaspace');
  if (typeof prepend === 'string') {
    const rest = normalizers.filter((step) => step.type !== 'Prepend');
    return {
      prefix: (text) => prepend + text,
      normalizer: { type: 'Sequence', normalizers: rest },
      preTokenizer: json.pre_tokenizer,
    };
  }
  if (metaspace) {
    const scheme = metaspace['prepend_scheme'] ?? 'always';
    const mark = typeof metaspace['replacement'] === 'string' ? metaspace['replacement'] : '▁';
    const bare: Step = { ...metaspace, prepend_scheme: 'never' };
    const steps = preTokenizers.map((step) => (step === metaspace ? bare : step));
    return {
      prefix: (text, first) => {
        const wanted = scheme === 'always' || (scheme === 'first' && first);
        return wanted && !text.startsWith(' ') && !text.startsWith(mark) ? mark + text : text;
      },
      normalizer: json.normalizer,
      preTokenizer: { type: 'Sequence', pretokenizers: steps },
    };
  }
  return { prefix: (text) => text, normalizer: json.normalizer, preTokenizer: json.pre_tokenizer };
}
