/** Writes and reads records as the store does, in both forms they could have. */
import { createRecordStore, type RecordForm } from '../storage/recordStore.ts';
import { sha256 } from '../storage/hash.ts';
import { idbShelf } from '../storage/shelf.ts';
import type { ModelManifest } from '../storage/types.ts';

const RECORDS = 8;
const BYTES = 32 * 1024 * 1024;

export interface StorageFigures {
  /** Megabytes (10^6) a second. */
  readonly write: number;
  /** With its hash checked, as a load does. */
  readonly checkedRead: number;
}

declare global {
  interface Window {
    measureStorage(form: 'blob' | 'bytes'): Promise<StorageFigures>;
  }
}

const FORMS: Readonly<Record<'blob' | 'bytes', RecordForm>> = {
  blob: (bytes) => new Blob([bytes]),
  bytes: (bytes) => bytes,
};

window.measureStorage = async (form) => {
  const store = createRecordStore({
    manifests: idbShelf(`bench-manifests-${form}`),
    records: idbShelf(`bench-records-${form}`),
    form: FORMS[form],
    ensureSpace: () => Promise.resolve(),
  });
  const records = Array.from({ length: RECORDS }, randomRecord);
  const hashes = await Promise.all(records.map(sha256));
  const write = await rate(async (i) => store.write('bench', i, records[i]!));
  await store.writeManifest(manifestOf(hashes));
  const checkedRead = await rate(async (i) => void (await store.read('bench', i)));
  await store.remove('bench');
  return { write, checkedRead };
};

/** getRandomValues gives 64 KiB at a time. */
function randomRecord(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BYTES);
  for (let at = 0; at < BYTES; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

async function rate(each: (record: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < RECORDS; i++) await each(i);
  return (RECORDS * BYTES) / 1e3 / (performance.now() - start);
}

function manifestOf(hashes: readonly string[]): ModelManifest {
  return {
    version: 2,
    id: 'bench',
    title: 'bench',
    origin: 'file:bench',
    license: '',
    quantisation: '',
    sourceBytes: 0,
    bytes: RECORDS * BYTES,
    createdAt: 0,
    spec: {
      family: '',
      vocab: 1,
      hidden: 1,
      contextLength: 1,
      embedScale: 1,
      normEps: 1,
      tiedHead: true,
      logitSoftCap: 0,
      logitScale: 1,
      residualScale: 1,
      layers: [],
      ropes: [],
    },
    text: { tokenizer: {}, tokenizerConfig: {}, chatTemplate: null, bos: null, addBos: false, stopIds: [] },
    tensors: [],
    records: hashes.map((hash) => ({ bytes: BYTES, sha256: hash, slabs: [] })),
  };
}
