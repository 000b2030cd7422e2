/**
 * What the text room needs to speak for one model, and what storage keeps in its
 * manifest. JSON values only, so it survives IndexedDB and a worker message.
 */
export interface TextFacts {
  /** The content of a tokenizer.json, built from GGUF metadata where there was none. */
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
  readonly chatTemplate: string | null;
  readonly bos: number | null;
  /** Whether a prompt begins with `bos`. */
  readonly addBos: boolean;
  /** Generation ends at any of these ids. */
  readonly stopIds: readonly number[];
}
