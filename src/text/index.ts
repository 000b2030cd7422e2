/** Text room: string ↔ token ids, chat templates. It knows no model weights. */
export type { TextFacts } from '../base/textFacts.ts';
export { encodeBegun } from './begunAnswer.ts';
export { encodeChat, encodePrompt, type EncodeChatOptions } from './chatEncoding.ts';
export { renderChat, stopStringsOf, type Message, type RenderOptions } from './chatTemplate.ts';
export { textFactsFromGguf } from './ggufFacts.ts';
export { textFactsFromTokenizerJson } from './jsonFacts.ts';
export { openedReasoning } from './reasoningMarks.ts';
export { createStopWatcher, type StopWatcher } from './stopWatcher.ts';
export { createStreamDecoder, type StreamDecoder, type StreamDecoderOptions } from './streamDecoder.ts';
export { createTokenizer, type EncodeOptions, type Tokenizer } from './tokenizer.ts';
