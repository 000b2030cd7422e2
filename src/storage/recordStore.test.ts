import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecordStore, type RecordForm } from './recordStore.ts';
import { idbShelf, memoryShelf, type Shelf } from './shelf.ts';
import type { ModelManifest, PartialImport, RecordStore } from './types.ts';

const RECORD = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const OTHER = Uint8Array.of(1, 2, 3, 4);
const hexHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function manifest(id: string, records: readonly Uint8Array[]): ModelManifest {
  return {
    version: 1,
    id,
    title: `Model ${id}`,
    origin: 'file:m.gguf',
    license: 'mit',
    quantisation: 'F32',
    sourceBytes: 10,
    bytes: 20,
    createdAt: 1,
    spec: {
      family: 'llama',
      vocab: 4,
      hidden: 32,
      contextLength: 64,
      embedScale: 1,
      normEps: 1e-5,
      tiedHead: true,
      logitSoftCap: 0,
      ropes: [{ dims: 4, pairing: 'half', inverseFrequencies: [1, 0.5], amplitude: 1 }],
      layers: [
        {
          attention: {
            kind: 'gqa',
            heads: 2,
            kvHeads: 1,
            headDim: 16,
            scale: 0.25,
            window: 0,
            softCap: 0,
            qkNorm: false,
            qkvBias: false,
            outBias: false,
            rope: 0,
          },
          ffn: { kind: 'dense', inner: 64, activation: 'silu' },
          postNorms: false,
        },
      ],
    },
    text: {
      tokenizer: { any: [1] },
      tokenizerConfig: null,
      chatTemplate: null,
      bos: null,
      addBos: false,
      stopIds: [2],
    },
    tensors: [{ name: 'embed', layout: 'f32', rows: 4, cols: 32 }],
    records: records.map((bytes) => ({
      bytes: bytes.length,
      sha256: hexHash(bytes),
      slabs: [{ tensor: 0, row: 0, rows: 4 }],
    })),
  };
}

function partial(id: string): PartialImport {
  return {
    version: 1,
    id,
    title: 'Half',
    origin: 'https://x/m.gguf',
    license: '',
    quantisation: 'F32',
    family: 'llama',
    contextLength: 64,
    weights: 'keep',
    sourceBytes: 10,
    bytes: 20,
    createdAt: 1,
    sources: [{ name: 'm.gguf', size: 10, validator: '"a"' }],
    records: [
      { bytes: 10, sha256: hexHash(OTHER) },
      { bytes: 10, sha256: null },
    ],
  };
}

const sorted = (lines: readonly string[]): string[] => lines.toSorted((a, b) => a.localeCompare(b));

let databases = 0;
const blob: RecordForm = (bytes) => new Blob([bytes]);
const places: Record<string, () => { shelf: () => Shelf; form: RecordForm }> = {
  memory: () => ({ shelf: memoryShelf, form: (bytes) => bytes }),
  IndexedDB: () => ({ shelf: () => idbShelf(`test-${databases++}`), form: blob }),
};

describe.each(Object.keys(places))('a record store in %s', (place) => {
  let store: RecordStore;
  let manifests: Shelf;
  let records: Shelf;
  beforeEach(() => {
    const { shelf, form } = places[place]!();
    manifests = shelf();
    records = shelf();
    store = createRecordStore({ manifests, records, form, ensureSpace: () => Promise.resolve() });
  });

  async function storeModel(id: string): Promise<void> {
    await store.write(id, 0, RECORD.slice());
    await store.write(id, 1, OTHER.slice());
    await store.writeManifest(manifest(id, [RECORD, OTHER]));
  }

  it('gives back what was written', async () => {
    await storeModel('a');
    expect(await store.read('a', 0)).toEqual(RECORD);
    expect(await store.read('a', 1)).toEqual(OTHER);
    expect(await store.readManifest('a')).toEqual(manifest('a', [RECORD, OTHER]));
    expect(await store.has('a', 1)).toBe(true);
    expect(await store.has('a', 2)).toBe(false);
  });

  it('has no model before its manifest', async () => {
    await store.write('a', 0, RECORD.slice());
    await expect(store.read('a', 0)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      detail: { model: 'a' },
    });
    expect((await store.listManifests()).ready).toEqual([]);
  });

  it('names the record that is not what was written, absent, or no bytes at all', async () => {
    await storeModel('a');
    const changed = RECORD.slice();
    changed[4000]! ^= 1;
    await store.write('a', 0, changed);
    const corrupt = { code: 'RECORD_CORRUPT', detail: { model: 'a', record: 0 } };
    await expect(store.read('a', 0)).rejects.toMatchObject(corrupt);
    await records.set('a/0', 'not bytes');
    await expect(store.read('a', 0)).rejects.toMatchObject(corrupt);
    await records.delete(['a/0']);
    await expect(store.read('a', 0)).rejects.toMatchObject(corrupt);
    expect(await store.read('a', 1)).toEqual(OTHER);
  });

  it('notices a swap of two good records', async () => {
    await storeModel('a');
    await store.write('a', 0, OTHER.slice());
    await expect(store.read('a', 0)).rejects.toMatchObject({ code: 'RECORD_CORRUPT' });
  });

  it('reports damaged and foreign entries without hiding the others', async () => {
    await storeModel('a');
    const good = manifest('b', [OTHER]);
    await manifests.set('manifest/b', { ...good, spec: { ...good.spec, hidden: 'wide' } });
    await manifests.set('manifest/c', { ...good, version: 2 });
    await manifests.set('manifest/d', {
      ...good,
      records: [{ ...good.records[0], slabs: [{ tensor: 0, row: 2, rows: 3 }] }],
    });
    await manifests.set('partial/e', 17);
    await manifests.set('manifest/f', {
      ...good,
      tensors: [{ name: 'embed', layout: 'constructor', rows: 4, cols: 32 }],
    });
    const { ready, partial: begun, damaged } = await store.listManifests();
    expect(ready.map(({ id }) => id)).toEqual(['a']);
    expect(begun).toEqual([]);
    expect(sorted(damaged.map(({ id, title }) => `${id}: ${title}`))).toEqual([
      'b: Model b',
      'c: Model b',
      'd: Model b',
      'e: e',
      'f: Model b',
    ]);
    expect(damaged.find(({ id }) => id === 'b')?.reason).toContain('spec.hidden');
    await expect(store.readManifest('b')).rejects.toMatchObject({ code: 'STORAGE', detail: { model: 'b' } });
    expect(await store.readPartial('e')).toBeNull();
  });

  it('keeps a partial import until the manifest is there', async () => {
    await store.writePartial(partial('a'));
    expect(await store.readPartial('a')).toEqual(partial('a'));
    expect((await store.listManifests()).partial).toEqual([partial('a')]);
    await storeModel('a');
    expect(await store.readPartial('a')).toBeNull();
    expect((await store.listManifests()).partial).toEqual([]);
  });

  it('removes a model and nothing of another', async () => {
    await storeModel('a');
    await storeModel('ab');
    await store.writePartial(partial('a'));
    await store.remove('a');
    await expect(store.readManifest('a')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(store.read('a', 0)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(await store.readPartial('a')).toBeNull();
    expect(await records.keys('')).toEqual(['ab/0', 'ab/1']);
    expect(await store.read('ab', 0)).toEqual(RECORD);
    await store.remove('never there');
  });

  it('stops at a cancelled signal', async () => {
    await storeModel('a');
    await expect(store.read('a', 0, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('IndexedDB that fails', () => {
  const failing = (name: string): void => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('injected', name);
    });
  };

  it('says QUOTA when the disk is full and keeps what was there', async () => {
    const store = createRecordStore({
      manifests: idbShelf('quota-m'),
      records: idbShelf('quota-r'),
      form: blob,
      ensureSpace: () => Promise.resolve(),
    });
    await store.write('a', 0, RECORD.slice());
    await store.writeManifest(manifest('a', [RECORD]));
    failing('QuotaExceededError');
    await expect(store.write('a', 0, OTHER.slice())).rejects.toMatchObject({ code: 'QUOTA' });
    expect(await store.read('a', 0)).toEqual(RECORD);
  });

  it('says STORAGE otherwise, also where the database names it like a cancel', async () => {
    const shelf = idbShelf('failing');
    for (const name of ['UnknownError', 'AbortError', 'DataError']) {
      failing(name);
      await expect(shelf.set('k', 1)).rejects.toMatchObject({ code: 'STORAGE' });
    }
  });
});
