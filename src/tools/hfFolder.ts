/** A recorded checkpoint's Hugging Face folder in memory, for tests that change it. */
import { readdirSync, readFileSync } from 'node:fs';
import { type NamedBytes, safetensorsFile, safetensorsParts, splitSafetensors } from './safetensorsBytes.ts';

export type Folder = Map<string, Uint8Array<ArrayBuffer>>;
export type Tensors = Map<string, NamedBytes>;

const WEIGHTS = 'model.safetensors';

export function hfFolder(fixture: string): Folder {
  const place = new URL(`../graph/fixtures/${fixture}/hf/`, import.meta.url);
  return new Map(
    readdirSync(place).map((name) => [name, new Uint8Array(readFileSync(new URL(name, place)))]),
  );
}

export function changeConfig(folder: Folder, change: Readonly<Record<string, unknown>>): void {
  const config: object = JSON.parse(new TextDecoder().decode(folder.get('config.json')));
  setText(folder, 'config.json', JSON.stringify({ ...config, ...change }));
}

export function setText(folder: Folder, name: string, text: string): void {
  folder.set(name, new TextEncoder().encode(text));
}

export function changeTensors(folder: Folder, change: (tensors: Tensors) => void): void {
  const tensors = new Map(safetensorsParts(weightsOf(folder)));
  change(tensors);
  folder.set(WEIGHTS, safetensorsFile(tensors));
}

/** The weights in so many files, and the index that names them. */
export function shard(folder: Folder, count: number): void {
  const files = splitSafetensors(weightsOf(folder), count);
  folder.delete(WEIGHTS);
  for (const [name, content] of files)
    folder.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
}

function weightsOf(folder: Folder): Uint8Array<ArrayBuffer> {
  const file = folder.get(WEIGHTS);
  if (file === undefined) throw new Error(`the folder has no ${WEIGHTS}`);
  return file;
}

export function tensorOf(tensors: Tensors, name: string): NamedBytes {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`the file has no ${name}`);
  return tensor;
}
