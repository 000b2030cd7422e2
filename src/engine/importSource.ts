/** Where a model comes from, as the page or a tool names it → byte sources that can be opened again. */
import { AppError } from '../base/failure.ts';
import {
  fileSource,
  folderFiles,
  hubFileUrl,
  hubFolder,
  type HubOptions,
  isFolderFile,
  partNames,
  type RecordStore,
  SAFETENSORS_INDEX,
  urlName,
  urlSource,
  type VersionedSource,
  type WeightChoice,
} from '../storage/index.ts';
import type { ImportRequest, OpenContext } from './importModel.ts';

/** The protocol's ModelSource, which the engine may not name. */
export type ImportOrigin =
  | { readonly kind: 'file'; readonly files: readonly File[]; readonly folder?: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'urls'; readonly urls: readonly string[] }
  | { readonly kind: 'hub'; readonly repo: string; readonly path: string }
  | { readonly kind: 'resume'; readonly id: string };

export type OpenedOrigin = Pick<ImportRequest, 'open' | 'origin' | 'title' | 'weights' | 'expectedId'>;

/** hubUrl, fetch and waits, for tests and mirrors. */
export interface OriginOptions extends HubOptions {
  readonly retryDelays?: readonly number[] | undefined;
}

/**
 * Everything an ImportRequest needs to know of its source. Nothing is read before
 * `open`. A partial import keeps the weights it began with. MODEL_NOT_FOUND where
 * there is nothing to go on with, BAD_REQUEST where local files must be chosen again.
 */
export async function openSource(
  store: RecordStore,
  source: ImportOrigin,
  weights: WeightChoice,
  options: OriginOptions = {},
): Promise<OpenedOrigin> {
  switch (source.kind) {
    case 'file': {
      const { files, folder = '' } = source;
      const main = mainFile(files);
      return {
        weights,
        origin: `file:${main.name}`,
        // A folder says more of what is in it than `model.safetensors` does.
        title: (/^model\b/i.test(main.name) && folder) || titleOf(main.name),
        open: () => Promise.resolve(files.map(fileSource)),
      };
    }
    case 'url':
      return { weights, ...fromOrigin(source.url, options) };
    case 'urls':
      return { weights, ...fromOrigin(source.urls.join(' '), options) };
    case 'hub':
      return { weights, ...fromOrigin(`hub:${source.repo}/${source.path}`, options) };
    case 'resume': {
      const partial = await store.readPartial(source.id);
      if (!partial)
        throw new AppError('MODEL_NOT_FOUND', `no import of ${source.id} has begun`, { model: source.id });
      const { id, origin, title } = partial;
      return { ...fromOrigin(origin, options), title, weights: partial.weights, expectedId: id };
    }
    default:
      return source satisfies never;
  }
}

/** What an origin, as a manifest holds it, says of how to open it. */
function fromOrigin(origin: string, options: OriginOptions): Pick<OpenedOrigin, 'open' | 'origin' | 'title'> {
  const folder = hubFolderOf(origin);
  if (folder) {
    const { repo, path } = folder;
    return {
      origin: `hub:${repo}/${path}`,
      title: `${repo}/${path}`.split('/').findLast((name) => name !== '') ?? repo,
      open: (context) => openHubFolder(folder, context, options),
    };
  }
  const urls = urlsOf(origin, options);
  return {
    origin,
    title: titleOf(urlName(urls[0] ?? origin)),
    open: (context) => openUrls(urls, context, options),
  };
}

interface HubFolder {
  readonly repo: string;
  /** Empty for the root, else with a slash at its end. */
  readonly path: string;
}

/** null where the origin is not on the hub, or names a model of one file there. */
function hubFolderOf(origin: string): HubFolder | null {
  const [, repo, path = '', name = ''] = /^hub:([^/]+\/[^/]+)\/(.*\/)?([^/]*)$/.exec(origin) ?? [];
  return repo !== undefined && (name === '' || isFolderFile(name)) ? { repo, path } : null;
}

async function openHubFolder(
  { repo, path }: HubFolder,
  context: OpenContext,
  options: OriginOptions,
): Promise<VersionedSource[]> {
  const names = await hubFolder(repo, path.replace(/\/$/, ''), { ...options, signal: context.signal });
  const urlOf = (name: string): string => hubFileUrl(repo, path + name, options);
  let index: unknown;
  if (names.includes(SAFETENSORS_INDEX)) {
    const [source] = await openUrls([urlOf(SAFETENSORS_INDEX)], context, options);
    index = source && parsed(await source.read(0, source.size, context.signal));
  }
  const wanted = folderFiles(
    names.map((name) => ({ name })),
    index,
  );
  return openUrls(
    wanted.map(({ name }) => urlOf(name)),
    context,
    options,
  );
}

/** undefined for what is no JSON: whoever reads the model says so of every file. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function urlsOf(origin: string, options: OriginOptions): readonly string[] {
  if (origin.startsWith('file:')) {
    throw new AppError('BAD_REQUEST', 'choose the file again to go on with this import', { origin });
  }
  const [, repo, path] = /^hub:([^/]+\/[^/]+)\/(.+)$/.exec(origin) ?? [];
  if (repo !== undefined && path !== undefined) {
    return partNames(path).map((part) => hubFileUrl(repo, part, options));
  }
  const urls = origin.split(' ');
  return urls.length > 1 ? urls : partNames(origin);
}

function openUrls(
  urls: readonly string[],
  { signal, onBytes }: OpenContext,
  { fetch, retryDelays }: OriginOptions,
): Promise<VersionedSource[]> {
  return Promise.all(urls.map((url) => urlSource(url, { fetch, signal, onBytes, retryDelays })));
}

/** The one people know the model by: its weights, not its config. */
function mainFile(files: readonly File[]): File {
  const ordered = files.toSorted((a, b) => a.name.localeCompare(b.name));
  const main = ordered.find(({ name }) => /\.(gguf|safetensors)$/i.test(name)) ?? ordered[0];
  if (main === undefined) throw new AppError('BAD_REQUEST', 'no file was chosen');
  return main;
}

/** undefined where every folder has a file of that name: what is in it may say more. */
function titleOf(name: string): string | undefined {
  const stem = name.replace(/(-\d{5}-of-\d{5})?\.(gguf|safetensors)$/i, '');
  return stem === '' ? name : isFolderFile(name) && /^model$|\.json$/i.test(stem) ? undefined : stem;
}
