/** What tokenizer.py recorded, for tests of src/text. */
import { readFileSync } from 'node:fs';

const FIXTURES = new URL('../../text/fixtures/', import.meta.url);

export type Metadata = Readonly<Record<string, unknown>>;

interface Recordings {
  readonly 'vocabularies.json': Readonly<Record<'bytes' | 'bpe' | 'gemma' | 'unigram', Metadata>>;
  readonly 'ids.json': {
    readonly texts: readonly string[];
    /** By vocabulary, or `bytes/PRE`; the second list is null where it is the first. */
    readonly llama: Readonly<Record<string, readonly (readonly [number[], number[] | null])[]>>;
    readonly peers: Readonly<Record<string, { ids: number[][]; fuzz: string[]; fuzzIds: number[][] }>>;
    readonly rust: Readonly<Record<string, readonly number[][]>>;
  };
  readonly 'splits.json': {
    readonly texts: readonly string[];
    readonly splits: Readonly<Record<string, readonly string[][]>>;
  };
  readonly 'smollm2.json': {
    readonly texts: readonly string[];
    readonly ids: readonly (readonly [number[], number[] | null])[];
  };
  readonly 'chats.json': {
    readonly templates: Readonly<Record<string, string>>;
    readonly rendered: readonly {
      readonly template: string;
      readonly messages: readonly { role: 'system' | 'user' | 'assistant'; content: string }[];
      readonly variables: Readonly<Record<string, unknown>>;
      readonly text: string;
    }[];
  };
}

export function recording<Name extends keyof Recordings>(name: Name): Recordings[Name] {
  return JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')) as Recordings[Name];
}
