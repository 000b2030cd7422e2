/** What the page keeps of models beside the models: downloads, and the GPU's memory. */
import * as v from 'valibot';
import type { ModelSource } from '../protocol/api.ts';
import type { Halted } from './modelFacts.ts';
import { readEntries, readEntry, writeEntries } from './savedPlace.ts';
import { DOWNLOADS } from './savedKeys.ts';

const SourceSchema = v.variant('kind', [
  v.object({ kind: v.literal('url'), url: v.string() }),
  v.object({ kind: v.literal('urls'), urls: v.array(v.string()) }),
  v.object({ kind: v.literal('hub'), repo: v.string(), path: v.string() }),
  v.object({ kind: v.literal('resume'), id: v.string() }),
]);
const DownloadSchema = v.object({
  job: v.string(),
  label: v.string(),
  source: SourceSchema,
  weights: v.picklist(['keep', 'q8', 'q4']),
  /** Under way when it was kept: the next visit goes on with it. */
  going: v.optional(v.boolean(), false),
});

export type Download = Readonly<v.InferOutput<typeof DownloadSchema>>;

/** Older pages kept one list, of what had nothing stored yet. */
const LIST = 'downloads';

/** Local files can't be kept. */
export function isDownload<Entry extends Pick<Halted, 'job' | 'label' | 'weights'>>(
  entry: Entry & { readonly source: ModelSource; readonly going: boolean },
): entry is Entry & Download {
  return entry.source.kind !== 'file';
}

function entryOf({ job, label, source, weights, going }: Download): readonly [string, Download] {
  return [`${DOWNLOADS}${job}`, { job, label, source, weights, going }];
}

/** As many as can be read. */
function readable(entries: readonly unknown[]): readonly Download[] {
  return entries.flatMap((entry) => {
    const parsed = v.safeParse(DownloadSchema, entry);
    return parsed.success ? [parsed.output] : [];
  });
}

export const modelsSaved = {
  downloads: async (): Promise<readonly Download[]> => {
    const list = v.safeParse(v.array(v.unknown()), await readEntry(LIST));
    if (list.success)
      await writeEntries([[LIST, undefined], ...readable(list.output).map((entry) => entryOf(entry))]);
    return readable((await readEntries(DOWNLOADS)).map(([, entry]) => entry));
  },
  /** `gone` are jobs whose entries go. */
  keepDownloads: (downloads: readonly Download[], gone: readonly string[]) =>
    writeEntries([
      ...downloads.map((download) => entryOf(download)),
      ...gone.map((job) => [`${DOWNLOADS}${job}`, undefined] as const),
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
