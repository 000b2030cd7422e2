/** Where a model comes from, as the page or a tool names it → byte sources that can be opened again. */
import { AppError } from '../base/failure.ts';
import {
  fileSource,
  hubFileUrl,
  type HubOptions,
  partNames,
  type RecordStore,
  urlName,
  urlSource,
  type VersionedSource,
  type WeightChoice,
} from '../storage/index.ts';
import type { ImportRequest, OpenContext } from './importModel.ts';

/** The protocol's ModelSource, which the engine may not name. */
export type ImportOrigin =
  | { readonly kind: 'file'; readonly files: readonly File[] }
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
      const main = mainFile(source.files);
      return {
        weights,
        origin: `file:${main}`,
        title: stem(main),
        open: () => Promise.resolve(source.files.map(fileSource)),
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
  const urls = urlsOf(origin, options);
  return {
    origin,
    title: stem(urlName(urls[0] ?? origin)),
    open: (context) => openUrls(urls, context, options),
  };
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

/** The name people know the model by: of its weights, not of its config. */
function mainFile(files: readonly File[]): string {
  const names = files.map((file) => file.name).toSorted();
  const name = names.find((each) => /\.(gguf|safetensors)$/i.test(each)) ?? names[0];
  if (name === undefined) throw new AppError('BAD_REQUEST', 'no file was chosen');
  return name;
}

function stem(name: string): string {
  return name.replace(/(-\d{5}-of-\d{5})?\.(gguf|safetensors)$/i, '') || name;
}
