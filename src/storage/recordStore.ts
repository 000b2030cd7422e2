/**
 * The one store of models: records in one database, manifests and partial imports
 * in another, the same logic over IndexedDB and over memory.
 */
import { AppError } from '../base/failure.ts';
import { sha256 } from './hash.ts';
import { modelLock } from './lock.ts';
import { check, manifestSchema, partialSchema, type Schema } from './schema.ts';
import { idbShelf, memoryShelf, type Shelf } from './shelf.ts';
import { checkSpace } from './space.ts';
import type { DamagedEntry, ModelManifest, PartialImport, RecordStore, StoredModels } from './types.ts';

export interface Shelves {
  readonly manifests: Shelf;
  readonly records: Shelf;
  readonly form: RecordForm;
  readonly ensureSpace: (bytes: number) => Promise<void>;
}

/** How a record's bytes are put on a shelf. Reading takes any of them. */
export type RecordForm = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** Blobs read twice as fast as ArrayBuffers in Chromium (ARCHITECTURE.md has the figures). */
const asBlob: RecordForm = (bytes) => {
  const blob = new Blob([bytes]);
  // The blob has its own copy; a large expert's bytes must not wait for the garbage collector beside it.
  bytes.buffer.transfer(0);
  return blob;
};
const asBytes: RecordForm = (bytes) => bytes;

/** Models in this browser's IndexedDB. */
export function createIdbStore(): RecordStore {
  return createRecordStore({
    manifests: idbShelf('shoal-manifests'),
    records: idbShelf('shoal-records'),
    form: asBlob,
    ensureSpace: (bytes) => checkSpace(bytes),
  });
}

/** The same store with nothing behind it: for Node, tests and `infer --runtime node`. */
export function createMemoryStore(): RecordStore {
  return createRecordStore({
    manifests: memoryShelf(),
    records: memoryShelf(),
    form: asBytes,
    ensureSpace: () => Promise.resolve(),
  });
}

function hashesIn(manifest: ModelManifest): readonly string[] {
  return manifest.records.map((record) => record.sha256);
}

const MANIFEST = 'manifest/';
const PARTIAL = 'partial/';
const recordKey = (model: string, record: number): string => `${model}/${record}`;

export function createRecordStore({ manifests, records, form, ensureSpace }: Shelves): RecordStore {
  /** Hashes by model, so that reading a record does not parse a manifest. */
  const hashes = new Map<string, readonly string[]>();

  const readManifest = async (model: string): Promise<ModelManifest> => {
    const stored = await manifests.get(MANIFEST + model);
    if (stored === undefined)
      throw new AppError('MODEL_NOT_FOUND', `no model ${model} is stored here`, { model });
    const checked = check(manifestSchema, stored);
    if ('reason' in checked) {
      throw new AppError('STORAGE', `the manifest of ${model} cannot be used: ${checked.reason}`, { model });
    }
    hashes.set(model, hashesIn(checked.value));
    return checked.value;
  };

  const hashOf = async (model: string, record: number): Promise<string> => {
    const known = hashes.get(model) ?? hashesIn(await readManifest(model));
    const hash = known[record];
    if (hash === undefined) throw new Error(`model ${model} has no record ${record}`);
    return hash;
  };

  return {
    async read(model, record, signal) {
      signal?.throwIfAborted();
      const expected = await hashOf(model, record);
      const bytes = await bytesOf(await records.get(recordKey(model, record)));
      signal?.throwIfAborted();
      if (bytes === null || (await sha256(bytes)) !== expected) {
        const what = bytes === null ? 'is missing or unreadable' : 'is not what was written';
        throw new AppError('RECORD_CORRUPT', `record ${record} of ${model} ${what}`, { model, record });
      }
      return bytes;
    },

    ensureSpace,
    write: (model, record, bytes) => records.set(recordKey(model, record), form(bytes)),
    has: (model, record) => records.has(recordKey(model, record)),

    readManifest,
    async writeManifest(manifest) {
      await manifests.set(MANIFEST + manifest.id, manifest);
      hashes.delete(manifest.id);
      await manifests.delete([PARTIAL + manifest.id]);
    },

    async readPartial(model) {
      const checked = check(partialSchema, await manifests.get(PARTIAL + model));
      return 'reason' in checked ? null : checked.value;
    },
    writePartial: (partial) => manifests.set(PARTIAL + partial.id, partial),

    listManifests: () => listStored(manifests),

    async remove(model) {
      const lock = await modelLock(model);
      try {
        await manifests.delete([MANIFEST + model, PARTIAL + model]);
        hashes.delete(model);
        await records.delete(await records.keys(`${model}/`));
      } finally {
        lock.dispose();
      }
    },
  };
}

async function listStored(manifests: Shelf): Promise<StoredModels> {
  const ready: ModelManifest[] = [];
  const partial: PartialImport[] = [];
  const damaged: DamagedEntry[] = [];
  for (const key of await manifests.keys('')) {
    const stored = await manifests.get(key);
    const take = <T>(schema: Schema<T>, good: T[]): void => {
      const checked = check(schema, stored);
      const id = key.slice(key.indexOf('/') + 1);
      if ('value' in checked) good.push(checked.value);
      else damaged.push({ id, title: titleIn(stored) ?? id, ...checked });
    };
    if (key.startsWith(MANIFEST)) take(manifestSchema, ready);
    else take(partialSchema, partial);
  }
  // A tab that died between the two steps of writeManifest leaves both; the model is whole.
  const finished = new Set(ready.map((manifest) => manifest.id));
  return { ready, partial: partial.filter((entry) => !finished.has(entry.id)), damaged };
}

function titleIn(stored: unknown): string | null {
  const title = typeof stored === 'object' && stored !== null && 'title' in stored ? stored.title : null;
  return typeof title === 'string' ? title : null;
}

/** null for what is absent, unreadable or not bytes. */
async function bytesOf(stored: unknown): Promise<Uint8Array<ArrayBuffer> | null> {
  if (stored instanceof Uint8Array && stored.buffer instanceof ArrayBuffer) {
    return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
  if (!(stored instanceof Blob)) return null;
  try {
    return new Uint8Array(await stored.arrayBuffer());
  } catch {
    // The blob's file is gone from under the database.
    return null;
  }
}
