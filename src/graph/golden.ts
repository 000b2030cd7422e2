/**
 * The tiny checkpoints of src/tools/golden/checkpoints.py with PyTorch's logits:
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
  readonly gguf: ByteSource;
  /** config.json, model.safetensors, tokenizer.json, tokenizer_config.json; null for the quantised ones. */
  readonly folder: readonly ByteSource[] | null;
}

interface Truth {
  readonly promptTokens: number;
  readonly vocab: number;
  readonly tokens: readonly number[];
}

const files = import.meta.glob<string>('./fixtures/**/*.{gguf,bin,safetensors,json}', {
  query: '?url&inline',
  import: 'default',
});

/** Folders of fixtures/, sorted. */
export const GOLDEN_MODELS: readonly string[] = [
  ...new Set(Object.keys(files).map((path) => path.split('/')[2] ?? '')),
].sort();

export async function readGolden(name: string): Promise<Golden> {
  const folder = `./fixtures/${name}/`;
  const truth = JSON.parse(new TextDecoder().decode(await bytesOf(`${folder}truth.json`))) as Truth;
  const inFolder = Object.keys(files).filter((path) => path.startsWith(`${folder}hf/`));
  return {
    name,
    ...truth,
    logits: new Float32Array((await bytesOf(`${folder}logits.bin`)).buffer),
    gguf: await sourceOf(`${folder}model.gguf`),
    folder: inFolder.length === 0 ? null : await Promise.all(inFolder.map(sourceOf)),
  };
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
