/** Where a model comes from: what is asked for, what is stored of it, and what people read. */
import type { ModelCard, ModelSource, WeightsMode } from '../protocol/api.ts';
import { isWholeModel } from './offer.ts';

/** As a card will have it; null for what is chosen by hand, or already has a card. */
export function originOf(source: ModelSource): string | null {
  switch (source.kind) {
    case 'file':
    case 'resume':
      return null;
    case 'url':
      return source.url;
    case 'urls':
      return source.urls.join(' ');
    case 'hub': {
      const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1);
      return `hub:${source.repo}/${isWholeModel(source.path) ? folder : source.path}`;
    }
    default:
      return source satisfies never;
  }
}

/** The same again, from a card alone; null where its files have to be chosen again. */
export function sourceOf({ origin }: ModelCard): ModelSource | null {
  const [, repo, path] = /^hub:([^/]+\/[^/]+)\/(.*)$/.exec(origin) ?? [];
  if (repo !== undefined && path !== undefined)
    return { kind: 'hub', repo, path: path === '' || path.endsWith('/') ? `${path}config.json` : path };
  const urls = origin.split(' ');
  if (!urls.every((url) => /^https?:/.test(url))) return null;
  return urls.length === 1 ? { kind: 'url', url: origin } : { kind: 'urls', urls };
}

/** How a card's weights were kept. */
export function weightsOf({ quantisation }: ModelCard): WeightsMode {
  return quantisation.endsWith('→ q8') ? 'q8' : quantisation.endsWith('→ q4') ? 'q4' : 'keep';
}

export function labelOf(source: ModelSource, titleOf: (id: string) => string): string {
  switch (source.kind) {
    case 'file':
      return (
        source.folder ??
        (source.files.find(({ name }) => /\.(gguf|safetensors)$/i.test(name)) ?? source.files[0])?.name ??
        ''
      );
    case 'url':
      return lastName(source.url);
    case 'urls':
      return lastName(source.urls[0] ?? '');
    case 'hub':
      return isWholeModel(source.path) ? source.repo : source.path;
    case 'resume':
      return titleOf(source.id);
    default:
      return source satisfies never;
  }
}

function lastName(url: string): string {
  return url.split(/[?#]/)[0]?.split('/').pop() || url;
}
