import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { AppError } from '../base/failure.ts';
import { quantBytes } from '../formats/index.ts';
import { createMemoryStore, fileSource, type ModelManifest, type RecordStore } from '../storage/index.ts';
import { type RangeServer, startRangeServer } from '../tools/rangeServer.ts';
import { splitTinyLlama, TINY, tinyLlama, type TinyModel } from '../tools/tinyGguf.ts';
import { listModels } from './importedModels.ts';
import type { ImportRequest } from './importModel.ts';
import { type ImportOrigin, openSource } from './importSource.ts';
import { importWith, type TestImport } from './testImport.ts';

const model = tinyLlama();
/** About fifteen records. */
const RECORD_BYTES = 48 * 1024;
const QUICK = { retryDelays: [] };

let store: RecordStore;
beforeEach(() => {
  store = createMemoryStore();
});

function fromFile(
  file: Uint8Array<ArrayBuffer>,
  change: Partial<ImportRequest> = {},
): Promise<ModelManifest> {
  return run({
    open: () => Promise.resolve([fileSource(new File([file], 'tiny.gguf'))]),
    origin: 'file:tiny.gguf',
    ...change,
  });
}

const run = (change: TestImport): Promise<ModelManifest> =>
  importWith({ store, recordBytes: RECORD_BYTES }, change);

const hashes = (manifest: ModelManifest): string[] => manifest.records.map(({ sha256 }) => sha256);

/** A tensor's quants plane, put together from all its slabs. */
async function quantsOf(manifest: ModelManifest, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const index = manifest.tensors.findIndex((tensor) => tensor.name === name);
  const tensor = manifest.tensors[index]!;
  const plane = new Uint8Array(quantBytes(tensor.layout, tensor.rows, tensor.cols));
  for (const [record, { slabs }] of manifest.records.entries()) {
    const bytes = await store.read(manifest.id, record);
    let at = 0;
    for (const slab of slabs) {
      const { layout, cols } = manifest.tensors[slab.tensor]!;
      const quants = quantBytes(layout, slab.rows, cols);
      // The tiny model has f32 and q8s only: 2 bytes of scale for 32 values of the latter.
      const scales = layout === 'q8s' ? (slab.rows * cols * 2) / 32 : 0;
      if (slab.tensor === index)
        plane.set(bytes.subarray(at, at + quants), quantBytes(layout, slab.row, cols));
      at += Math.ceil(quants / 16) * 16 + Math.ceil(scales / 16) * 16;
    }
    expect(at).toBe(bytes.length);
  }
  return plane;
}

const written = ({ tensors }: TinyModel, name: string): Uint8Array =>
  tensors.find((tensor) => tensor.name === name)!.bytes;

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe('importing a file', () => {
  it('stores every weight of it', async () => {
    const manifest = await fromFile(model.file);
    expect(manifest).toMatchObject({
      version: 2,
      title: 'Tiny Llama',
      license: 'mit',
      quantisation: 'F32',
      origin: 'file:tiny.gguf',
      sourceBytes: model.file.length,
      spec: { family: 'llama', hidden: TINY.hidden, vocab: TINY.vocab },
    });
    expect(manifest.records.length).toBeGreaterThan(8);
    expect(manifest.bytes).toBe(manifest.records.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(await quantsOf(manifest, 'embed')).toEqual(written(model, 'token_embd.weight'));
    expect(await quantsOf(manifest, '1.attnNorm')).toEqual(written(model, 'blk.1.attn_norm.weight'));
    expect(await quantsOf(manifest, '1.qkv')).toEqual(
      joined(...['q', 'k', 'v'].map((part) => written(model, `blk.1.attn_${part}.weight`))),
    );
    expect(await quantsOf(manifest, '0.gateUp')).toEqual(
      joined(written(model, 'blk.0.ffn_gate.weight'), written(model, 'blk.0.ffn_up.weight')),
    );
    const blocks = written(model, 'blk.0.attn_output.weight');
    expect(await quantsOf(manifest, '0.out')).toEqual(blocks.filter((_, i) => i % 34 >= 2));
  });

  it('gives the same model twice, and another for other weights, precision or origin', async () => {
    const first = await fromFile(model.file);
    const again = await fromFile(model.file, { store: createMemoryStore() });
    expect([again.id, hashes(again)]).toEqual([first.id, hashes(first)]);
    const others = [
      await fromFile(tinyLlama(2).file),
      await fromFile(model.file, { weights: 'q8' }),
      await fromFile(model.file, { origin: 'file:other.gguf' }),
    ];
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(4);
    expect(await listModels(store)).toHaveLength(4);
    expect(others[1]).toMatchObject({
      quantisation: 'F32 → q8',
      tensors: expect.arrayContaining([expect.objectContaining({ name: 'embed', layout: 'q8s' })]),
    });
    expect(others[1]!.bytes).toBeLessThan(first.bytes / 3);
  });

  it('reports bytes up to the last', async () => {
    const seen: { doneBytes: number; totalBytes: number }[] = [];
    await fromFile(model.file, { onProgress: (progress) => seen.push(progress) });
    const total = model.tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(seen.at(-1)).toMatchObject({ doneBytes: total, totalBytes: total, title: 'Tiny Llama' });
  });

  it('mends what broke in the store, and writes nothing else', async () => {
    const manifest = await fromFile(model.file);
    await store.write(manifest.id, 3, Uint8Array.of(9));
    await expect(store.read(manifest.id, 3)).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      detail: { model: manifest.id, record: 3 },
    });
    const write = vi.spyOn(store, 'write');
    expect(await fromFile(model.file)).toEqual(manifest);
    expect(write.mock.calls.map(([, record]) => record)).toEqual([3]);
    await store.read(manifest.id, 3);
  });

  it('stops when cancelled, keeps what is done, and goes on from there', async () => {
    const whole = await fromFile(model.file, { store: createMemoryStore() });
    const cancel = new AbortController();
    const write = cancelAfterWrites(4, cancel);
    await expect(fromFile(model.file, { signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const [card] = await listModels(store);
    expect(card).toMatchObject({
      state: 'partial',
      id: whole.id,
      title: 'Tiny Llama',
      bytes: whole.bytes,
      resumable: false,
    });
    expect(card!.doneBytes).toBeGreaterThan(0);
    const before = write.mock.calls.length;
    expect(before).toBeLessThanOrEqual(5);
    expect(hashes(await fromFile(model.file))).toEqual(hashes(whole));
    expect(write.mock.calls.length).toBe(whole.records.length);
    expect(await listModels(store)).toMatchObject([{ state: 'ready', doneBytes: whole.bytes }]);
  });

  it('keeps everything when the disk is full, says so, and can go on', async () => {
    const other = await fromFile(tinyLlama(2).file);
    const write = writing();
    let left = 3;
    store.write = (...all) =>
      left-- > 0 ? write(...all) : Promise.reject(new AppError('QUOTA', 'injected'));
    await expect(fromFile(model.file)).rejects.toMatchObject({ code: 'QUOTA', message: 'injected' });
    expect((await listModels(store)).map(({ state }) => state)).toEqual(['ready', 'partial']);
    for (const record of other.records.keys()) await store.read(other.id, record);
    store.write = write;
    await fromFile(model.file);
    expect((await listModels(store)).map(({ state }) => state)).toEqual(['ready', 'ready']);
  });

  it('asks for the room that is still needed before it writes', async () => {
    const asked: number[] = [];
    store.ensureSpace = (bytes) => Promise.resolve(void asked.push(bytes));
    const manifest = await fromFile(model.file);
    await store.write(manifest.id, 0, Uint8Array.of(9));
    await fromFile(model.file);
    expect(asked).toEqual([manifest.bytes, manifest.records[0]!.bytes]);
    store.ensureSpace = () => Promise.reject(new AppError('QUOTA', 'full', { needed: 2, free: 1 }));
    await expect(fromFile(tinyLlama(2).file)).rejects.toMatchObject({
      code: 'QUOTA',
      detail: { needed: 2, free: 1 },
    });
    expect(await listModels(store)).toHaveLength(1);
  });

  it('lets one writer at a model', async () => {
    const held = new Set<string>();
    vi.stubGlobal('navigator', {
      locks: {
        request: async (name: string, _: LockOptions, use: (lock: object | null) => unknown) => {
          if (held.has(name)) return use(null);
          held.add(name);
          return Promise.resolve(use({})).finally(() => held.delete(name));
        },
      },
    });
    try {
      const results = await Promise.allSettled([fromFile(model.file), fromFile(model.file)]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
        code: 'MODEL_BUSY',
      });
      expect(held.size).toBe(0);
      await store.remove((await listModels(store))[0]!.id);
      expect(await listModels(store)).toEqual([]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('says of a model that an earlier version stored that it has to be downloaded again', async () => {
    const damaged = [
      { id: 'old', title: 'Old', reason: '', outdated: true },
      { id: 'torn', title: 'Torn', reason: '', outdated: false },
    ];
    store.listManifests = () => Promise.resolve({ ready: [], partial: [], damaged });
    expect(await listModels(store)).toMatchObject([
      { id: 'old', title: 'Old', state: 'damaged', outdated: true, resumable: false },
      { id: 'torn', title: 'Torn', state: 'damaged', outdated: false },
    ]);
  });

  it('leaves nothing behind of what is no model', async () => {
    await expect(fromFile(new TextEncoder().encode('this is not a model, not at all'))).rejects.toMatchObject(
      { code: 'NOT_A_MODEL' },
    );
    await expect(fromFile(model.file.slice(0, -5000))).rejects.toMatchObject({ code: 'FILE_TRUNCATED' });
    await expect(fromFile(tinyLlama(1, 'mamba').file)).rejects.toMatchObject({ code: 'UNSUPPORTED_FAMILY' });
    expect(await listModels(store)).toEqual([]);
  });
});

/** The store's own way of writing, whatever is put in its place. */
const writing = (): RecordStore['write'] => store.write.bind(store);

/** Watches `store.write`, and cancels when it was called so often. */
function cancelAfterWrites(calls: number, cancel: AbortController): MockInstance<RecordStore['write']> {
  const write = writing();
  let left = calls;
  return vi.spyOn(store, 'write').mockImplementation(async (...all) => {
    await write(...all);
    if (--left === 0) cancel.abort();
  });
}

describe('importing over the network', () => {
  let server: RangeServer;
  beforeEach(async () => {
    const [first, second] = splitTinyLlama();
    server = await startRangeServer({
      '/tiny.gguf': model.file,
      '/o/r/resolve/main/tiny-00001-of-00002.gguf': first!,
      '/o/r/resolve/main/tiny-00002-of-00002.gguf': second!,
    });
  });
  afterEach(() => server.close());

  async function fetchModel(
    source: ImportOrigin,
    change: Partial<ImportRequest> = {},
  ): Promise<ModelManifest> {
    const opened = await openSource(change.store ?? store, source, 'keep', {
      hubUrl: server.origin,
      ...QUICK,
    });
    return run({ ...opened, ...change });
  }
  const fromUrl = (): ImportOrigin => ({ kind: 'url', url: `${server.origin}/tiny.gguf` });

  it('gets the same weights as from a file', async () => {
    const local = await fromFile(model.file, { store: createMemoryStore() });
    const remote = await fetchModel(fromUrl());
    expect(hashes(remote)).toEqual(hashes(local));
    expect(remote).toMatchObject({ title: 'tiny', origin: `${server.origin}/tiny.gguf` });
  });

  it('survives three cuts at random places and a reload between each', async () => {
    const whole = await fetchModel(fromUrl(), { store: createMemoryStore() });
    const done: number[] = [];
    for (let cut = 0; cut < 3; cut++) {
      // Header and samples pass; of the weights, a few records until the cable is pulled.
      const write = writing();
      let records = 1 + Math.floor(Math.random() * 3);
      vi.spyOn(store, 'write').mockImplementation(async (...all) => {
        await write(...all);
        if (--records === 0) server.manners.cutAfter = () => Math.floor(Math.random() * 20_000);
      });
      const source: ImportOrigin = cut === 0 ? fromUrl() : { kind: 'resume', id: whole.id };
      await expect(fetchModel(source)).rejects.toMatchObject({ code: 'NETWORK' });
      vi.restoreAllMocks();
      server.manners.cutAfter = () => null;
      const [card] = await listModels(store);
      expect(card).toMatchObject({ state: 'partial', resumable: true, id: whole.id });
      done.push(card!.doneBytes);
    }
    expect(done.toSorted((a, b) => a - b)).toEqual(done);
    expect(new Set(done).size).toBe(3);
    const write = vi.spyOn(store, 'write');
    const finished = await fetchModel({ kind: 'resume', id: whole.id });
    expect([finished.id, hashes(finished)]).toEqual([whole.id, hashes(whole)]);
    const left = write.mock.calls.reduce((sum, [, , bytes]) => sum + bytes.length, 0);
    expect(left).toBe(whole.bytes - done.at(-1)!);
    expect(await listModels(store)).toMatchObject([{ state: 'ready' }]);
  });

  it('never mixes two versions of a file', async () => {
    const whole = await fetchModel(fromUrl(), { store: createMemoryStore() });
    const cancel = new AbortController();
    cancelAfterWrites(3, cancel);
    await expect(fetchModel(fromUrl(), { signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });

    // Other weights: another model, so this import cannot go on.
    server.files.set('/tiny.gguf', tinyLlama(2).file);
    await expect(fetchModel({ kind: 'resume', id: whole.id })).rejects.toMatchObject({
      code: 'SOURCE_CHANGED',
    });
    expect(await listModels(store)).toMatchObject([{ state: 'partial', id: whole.id }]);

    // Another version as far as the server tells: begun anew rather than trusted.
    server.files.set('/tiny.gguf', model.file);
    server.manners.etag = '"two"';
    const write = vi.spyOn(store, 'write');
    write.mockClear();
    expect(hashes(await fetchModel({ kind: 'resume', id: whole.id }))).toEqual(hashes(whole));
    expect(write).toHaveBeenCalledTimes(whole.records.length);
  });

  it('ends, and can go on, when the file changes midway', async () => {
    const write = vi.spyOn(store, 'write');
    write.mockImplementation(async (...all) => {
      server.manners.etag = '"two"';
      await createMemoryStore().write(...all);
    });
    await expect(fetchModel(fromUrl())).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('finds every part of a split model on the hub', async () => {
    const manifest = await fetchModel({ kind: 'hub', repo: 'o/r', path: 'tiny-00001-of-00002.gguf' });
    expect(manifest).toMatchObject({ title: 'tiny', origin: 'hub:o/r/tiny-00001-of-00002.gguf' });
    expect(await quantsOf(manifest, '1.attnNorm')).toEqual(written(model, 'blk.1.attn_norm.weight'));
    expect(await quantsOf(manifest, 'embed')).toEqual(written(model, 'token_embd.weight'));
    server.files.delete('/o/r/resolve/main/tiny-00002-of-00002.gguf');
    await expect(
      fetchModel({ kind: 'hub', repo: 'o/r', path: 'tiny-00001-of-00002.gguf' }),
    ).rejects.toMatchObject({ code: 'HTTP_STATUS' });
  });

  it('cannot go on with what never began or with a local file', async () => {
    await expect(fetchModel({ kind: 'resume', id: 'none' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    const cancel = new AbortController();
    cancelAfterWrites(1, cancel);
    await expect(fromFile(model.file, { signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const [card] = await listModels(store);
    await expect(fetchModel({ kind: 'resume', id: card!.id })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
