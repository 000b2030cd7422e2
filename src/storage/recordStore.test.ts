import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GqaSpec, LayerSpec } from '../models/spec.ts';
import { createRecordStore, type RecordForm } from './recordStore.ts';
import { idbShelf, memoryShelf, type Shelf } from './shelf.ts';
import type { ModelManifest, PartialImport, RecordStore } from './types.ts';

const RECORD = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const OTHER = Uint8Array.of(1, 2, 3, 4);
const hexHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function manifest(id: string, records: readonly Uint8Array[]): ModelManifest {
  return {
    version: 2,
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
      logitScale: 1,
      logitSoftCap: 0,
      residualScale: 1,
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
            chunk: 0,
            softCap: 0,
            qkNorm: 'none',
            qkvBias: false,
            outBias: false,
            sinks: false,
            temperature: null,
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
    version: 2,
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
    await manifests.set('manifest/c', { ...good, version: 3 });
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

  it('says of what an earlier version stored that it is not damaged, and removes it', async () => {
    await manifests.set('manifest/old', { version: 1, title: 'Old', spec: 'of another shape' });
    await manifests.set('partial/begun', { ...partial('begun'), version: 1 });
    await manifests.set('manifest/new', { ...manifest('new', [RECORD]), version: 3 });
    await manifests.set('manifest/torn', { ...manifest('torn', [RECORD]), bytes: -1 });
    const { ready, partial: begun, damaged } = await store.listManifests();
    expect([...ready, ...begun]).toEqual([]);
    const earlier = 'stored by an earlier version of this page: download it again';
    expect(damaged.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'begun', title: 'Half', reason: earlier, outdated: true },
      {
        id: 'new',
        title: 'Model new',
        reason: 'version: stored by another version of this page',
        outdated: false,
      },
      { id: 'old', title: 'Old', reason: earlier, outdated: true },
      { id: 'torn', title: 'Model torn', reason: expect.stringContaining('bytes: '), outdated: false },
    ]);
    await expect(store.readManifest('old')).rejects.toMatchObject({
      code: 'STORAGE',
      message: `the manifest of old cannot be used: ${earlier}`,
    });
    await store.remove('old');
    expect((await store.listManifests()).damaged).toHaveLength(3);
  });

  it('gives back experts, and every kind of layer, as they were written', async () => {
    const plain = manifest('a', [RECORD]);
    const [{ attention, postNorms }] = plain.spec.layers as [LayerSpec];
    const temperature = { scale: 0.1, span: 8192, offset: 1 };
    const router = {
      score: 'sigmoid',
      bias: true,
      selectBias: true,
      renormalise: 1e-20,
      scale: 2.5,
    } as const;
    const moe = {
      kind: 'moe',
      experts: 4,
      topK: 2,
      inner: 48,
      activation: 'swigluOai',
      expertBias: true,
    } as const;
    const layers: LayerSpec[] = [
      {
        attention: {
          kind: 'mla',
          heads: 2,
          qRank: 0,
          kvRank: 32,
          nopeDim: 16,
          ropeDim: 8,
          valueDim: 16,
          scale: 0.25,
          latentEps: 1e-6,
          temperature,
          rope: 0,
        },
        ffn: {
          ...moe,
          router: { ...router, groups: { count: 2, kept: 1, score: 'topTwo' } },
          weigh: 'input',
          shared: { inner: 96, pooled: 2, gated: true },
        },
        postNorms,
      },
      {
        attention: { kind: 'conv', width: 3, bias: true },
        ffn: {
          ...moe,
          router: { ...router, groups: null, renormalise: null },
          weigh: 'output',
          shared: null,
        },
        postNorms,
      },
      { attention: { ...attention, temperature } as GqaSpec, ffn: plain.spec.layers[0]!.ffn, postNorms },
    ];
    const stored: ModelManifest = {
      ...plain,
      spec: { ...plain.spec, layers },
      tensors: [{ name: '0.expertDown', layout: 'f4e', rows: 4, cols: 32, experts: 4 }],
    };
    await store.writeManifest(stored);
    expect(await store.readManifest('a')).toEqual(stored);
    await manifests.set('manifest/b', {
      ...stored,
      tensors: [{ ...stored.tensors[0], experts: 3 }],
    });
    await expect(store.readManifest('b')).rejects.toThrow('its rows are not whole experts');
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
