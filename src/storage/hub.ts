/**
 * Model repositories on the Hugging Face hub: which models they hold, as GGUF files
 * or as a folder of safetensors, and where each file is read. Files of one model
 * count as one.
 */
import { listFiles } from '@huggingface/hub';
import { AppError, isAbort } from '../base/failure.ts';
import { folderFiles, SAFETENSORS_INDEX } from './modelFolder.ts';

export interface HubModelFile {
  /** Of the first part, from the repository's root; of the index or the one file of a safetensors folder. */
  readonly path: string;
  /** Of all parts. */
  readonly bytes: number;
  readonly parts: readonly string[];
}

export interface HubOptions {
  readonly hubUrl?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HUB_URL = 'https://huggingface.co';
const REPO_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
/** llama.cpp's name for part i of n. */
const SPLIT = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/**
 * The models of `owner/name`, smallest first. BAD_REQUEST for what is no
 * repository id, HTTP_STATUS { status } (404: no such repository, 401: gated), NETWORK.
 */
export async function hubListing(repo: string, options: HubOptions = {}): Promise<readonly HubModelFile[]> {
  const sizes = await fileSizes(repo, { recursive: true }, options);
  return [...ggufModels(sizes), ...folderModel(sizes)].sort(
    (a, b) => a.bytes - b.bytes || a.path.localeCompare(b.path),
  );
}

/** Names of the files in one folder, '' for the root; failures as hubListing's. */
export async function hubFolder(
  repo: string,
  folder: string,
  options: HubOptions = {},
): Promise<readonly string[]> {
  const sizes = await fileSizes(repo, folder === '' ? {} : { path: folder }, options);
  return [...sizes.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1));
}

async function fileSizes(
  repo: string,
  where: { readonly recursive?: boolean; readonly path?: string },
  options: HubOptions,
): Promise<ReadonlyMap<string, number>> {
  checkRepo(repo);
  const sizes = new Map<string, number>();
  try {
    for await (const entry of listFiles({ repo, ...where, ...hubParams(options) })) {
      if (entry.type === 'file') sizes.set(entry.path, entry.lfs?.size ?? entry.size);
    }
  } catch (error) {
    throw hubFailure(error, repo);
  }
  return sizes;
}

/** Where the bytes of a file are. */
export function hubFileUrl(repo: string, path: string, { hubUrl = HUB_URL }: HubOptions = {}): string {
  checkRepo(repo);
  return `${hubUrl}/${repo}/resolve/main/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/**
 * Every part's name, given the first's: `m-00001-of-00003.gguf` is three files.
 * A file that is not split is its own only part.
 */
export function partNames(path: string): readonly string[] {
  const [, stem, index, total] = SPLIT.exec(path) ?? [];
  if (stem === undefined || Number(index) !== 1) return [path];
  return Array.from(
    { length: Number(total) },
    (_, part) => `${stem}-${String(part + 1).padStart(5, '0')}-of-${total}${path.slice(-5)}`,
  );
}

function ggufModels(sizes: ReadonlyMap<string, number>): readonly HubModelFile[] {
  const files: HubModelFile[] = [];
  for (const path of sizes.keys()) {
    if (!/\.gguf$/i.test(path)) continue;
    const [, , index] = SPLIT.exec(path) ?? [];
    if (index !== undefined && Number(index) !== 1) continue;
    const parts = partNames(path);
    // A model that lacks a part cannot be run, so it is not offered.
    if (!parts.every((part) => sizes.has(part))) continue;
    files.push({ path, bytes: bytesOf(parts, sizes), parts });
  }
  return files;
}

/** The safetensors at the repository's root, where what they need is beside them. */
function folderModel(sizes: ReadonlyMap<string, number>): readonly HubModelFile[] {
  const root = [...sizes.keys()].filter((path) => !path.includes('/')).map((name) => ({ name }));
  const names = folderFiles(root, undefined).map(({ name }) => name);
  const parts = names.filter((name) => /\.safetensors$/i.test(name)).sort();
  const whole = ['config.json', 'tokenizer.json'].every((name) => names.includes(name));
  const path = names.includes(SAFETENSORS_INDEX)
    ? SAFETENSORS_INDEX
    : parts.length === 1
      ? parts[0]
      : undefined;
  return whole && parts.length > 0 && path !== undefined
    ? [{ path, bytes: bytesOf(parts, sizes), parts }]
    : [];
}

function bytesOf(parts: readonly string[], sizes: ReadonlyMap<string, number>): number {
  return parts.reduce((sum, part) => sum + (sizes.get(part) ?? 0), 0);
}

function hubParams({ hubUrl = HUB_URL, fetch = globalThis.fetch, signal }: HubOptions) {
  // listFiles takes no signal of its own.
  const abortable: typeof globalThis.fetch = (input, init) =>
    fetch(input, { ...init, ...(signal && { signal }) });
  return { hubUrl, fetch: abortable };
}

function checkRepo(repo: string): void {
  if (REPO_ID.test(repo) && !repo.includes('..')) return;
  throw new AppError('BAD_REQUEST', 'a repository is written owner/name', { repo });
}

function hubFailure(error: unknown, repo: string): unknown {
  if (isAbort(error) || error instanceof AppError) return error;
  // By shape: the class itself would be one more import from the package's large door.
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    const status = error.statusCode;
    return new AppError('HTTP_STATUS', `the hub answered ${status} for ${repo}`, { repo, status }, error);
  }
  return new AppError('NETWORK', `the hub could not be reached: ${String(error)}`, { repo }, error);
}
