/**
 * The tiny checkpoints of src/tools/golden/{checkpoints,moeCheckpoints}.py with PyTorch's logits:
 * the outside truth of every forward pass. Vite hands the files over as data
 * URLs, so a test reads them alike in Node and in a browser.
 */
import type { ByteSource } from '../formats/source.ts';

export interface Golden {
  readonly name: string;
  /** The prompt, then the greedy ones. */
  readonly tokens: readonly number[];
  readonly promptTokens: number;
  readonly vocab: number;
  readonly logits: Float32Array; // [tokens, vocab]
  readonly gguf: ByteSource | null;
  /** config.json, model.safetensors, tokenizer.json, tokenizer_config.json; null where there is a GGUF alone. */
  readonly folder: readonly ByteSource[] | null;
  /** One for each layer with a router, in their order; none for dense models. */
  readonly routes: readonly LayerRoutes[];
}

/** Where PyTorch's router sent each token. */
interface LayerRoutes {
  readonly layer: number;
  /** Ascending ids. [tokens][topK] */
  readonly experts: readonly (readonly number[])[];
  /**
   * By how much the last chosen expert (or group of them) beat the first left out: in
   * logits, or in biased sigmoid scores where those decide. Infinite where all are chosen. [tokens]
   */
  readonly margins: readonly number[];
}

interface Truth {
  readonly promptTokens: number;
  readonly vocab: number;
  readonly tokens: readonly number[];
  readonly moeLayers?: readonly number[];
  /** By layer of moeLayers and token. */
  readonly routes?: readonly (readonly (readonly number[])[])[];
  readonly margins?: readonly (readonly (number | null)[])[];
}

const files = import.meta.glob<string>('./fixtures/**/*.{gguf,bin,safetensors,json}', {
  query: '?url&inline',
  import: 'default',
});

/** Those with a GGUF, sorted. */
export const GOLDEN_MODELS = namesOf((path) => path.endsWith('/model.gguf'));

/** Those with a Hugging Face folder, sorted. */
export const GOLDEN_FOLDERS = namesOf((path) => path.endsWith('/hf/config.json'));

function namesOf(wanted: (path: string) => boolean): readonly string[] {
  const paths = Object.keys(files).filter(wanted);
  return paths.map((path) => path.split('/')[2] ?? '').sort();
}

export async function readGolden(name: string): Promise<Golden> {
  const folder = `./fixtures/${name}/`;
  const truth = JSON.parse(new TextDecoder().decode(await bytesOf(`${folder}truth.json`))) as Truth;
  const inFolder = Object.keys(files).filter((path) => path.startsWith(`${folder}hf/`));
  return {
    name,
    promptTokens: truth.promptTokens,
    vocab: truth.vocab,
    tokens: truth.tokens,
    logits: new Float32Array((await bytesOf(`${folder}logits.bin`)).buffer),
    gguf: `${folder}model.gguf` in files ? await sourceOf(`${folder}model.gguf`) : null,
    folder: inFolder.length === 0 ? null : await Promise.all(inFolder.map(sourceOf)),
    routes: routesOf(truth),
  };
}

function routesOf({ moeLayers = [], routes = [], margins = [] }: Truth): LayerRoutes[] {
  return moeLayers.map((layer, at) => ({
    layer,
    experts: routes[at] ?? [],
    margins: (margins[at] ?? []).map((margin) => margin ?? Infinity),
  }));
}

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const load = files[path];
  if (load === undefined) throw new Error(`no fixture ${path}`);
  const response = await fetch(await load());
  return new Uint8Array(await response.arrayBuffer());
}

async function sourceOf(path: string): Promise<ByteSource> {
  const bytes = await bytesOf(path);
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
  };
}
