/** What the page keeps of models beside the models: downloads that have not begun to arrive, and the GPU's memory. */
import * as v from 'valibot';
import type { ModelSource } from '../protocol/api.ts';
import type { Halted } from './modelFacts.ts';
import { readEntry, writeEntries } from './savedPlace.ts';

const SourceSchema = v.variant('kind', [
  v.object({ kind: v.literal('url'), url: v.string() }),
  v.object({ kind: v.literal('urls'), urls: v.array(v.string()) }),
  v.object({ kind: v.literal('hub'), repo: v.string(), path: v.string() }),
]);
const DownloadsSchema = v.array(
  v.object({
    job: v.string(),
    label: v.string(),
    source: SourceSchema,
    weights: v.picklist(['keep', 'q8', 'q4']),
  }),
);

export type Download = Readonly<v.InferOutput<typeof DownloadsSchema>[number]>;

/** Local files can't be kept, and what is resumed has its card. */
export function isDownload(
  entry: Pick<Halted, 'job' | 'label' | 'weights'> & { readonly source: ModelSource },
): entry is Download {
  return entry.source.kind !== 'file' && entry.source.kind !== 'resume';
}

export const modelsSaved = {
  downloads: async (): Promise<readonly Download[]> => {
    const parsed = v.safeParse(DownloadsSchema, await readEntry('downloads'));
    return parsed.success ? parsed.output : [];
  },
  keepDownloads: (downloads: readonly Download[]) =>
    writeEntries([
      ['downloads', downloads.map(({ job, label, source, weights }) => ({ job, label, source, weights }))],
    ]),
  gpuGb: async (): Promise<number | null> => {
    const parsed = v.safeParse(
      v.pipe(v.number(), v.minValue(1), v.maxValue(1024)),
      await readEntry('gpu-gb'),
    );
    return parsed.success ? parsed.output : null;
  },
  keepGpuGb: (gb: number | null) => writeEntries([['gpu-gb', gb ?? undefined]]),
};
