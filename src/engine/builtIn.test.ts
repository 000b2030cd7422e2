/** A model that comes with the page, made of a golden checkpoint's files. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from '../formats/index.ts';
import { readGolden } from '../graph/golden.ts';
import { createMemoryStore } from '../storage/index.ts';
import { BuiltIn } from './builtIn.ts';
import { Engine } from './engine.ts';
import { listModels } from './importedModels.ts';
import { importWith } from './testImport.ts';
import { verifyModel } from './verifyModel.ts';

const signal = new AbortController().signal;
const options = { contextLength: 64, signal, onProgress: () => undefined };
let files: readonly ByteSource[];
beforeAll(async () => {
  files = (await readGolden('deepseek_v3')).folder!;
});

const facts = { id: 'guide', title: 'Guide', license: 'MIT' };

function engineWith(builtIn: BuiltIn): { engine: Engine; store: ReturnType<typeof createMemoryStore> } {
  const store = createMemoryStore();
  return { engine: new Engine({ api: undefined, store, onFailure: () => undefined, builtIn }), store };
}

describe('a built-in model', () => {
  it('loads from its files and leaves nothing in the store', async () => {
    const open = vi.fn<() => Promise<readonly ByteSource[]>>(() => Promise.resolve(files));
    const builtIn = new BuiltIn({ ...facts, open });
    const { engine, store } = engineWith(builtIn);
    const card = await builtIn.card();
    expect(card).toMatchObject({ ...facts, state: 'ready', builtIn: true, origin: 'built-in' });
    const seen: [string, number, number][] = [];
    const model = await engine.load('guide', { ...options, onProgress: (...one) => void seen.push(one) });
    expect(model.runsOn).toBe('cpu');
    expect(engine.loadedId).toBe('guide');
    expect(seen.at(-1)).toEqual(['kernels', 1, 1]);
    expect(await listModels(store)).toEqual([]);
    // Loaded again it is neither fetched nor imported again; its card stays what it was.
    await engine.load('guide', options);
    expect(open).toHaveBeenCalledTimes(1);
    expect(await builtIn.card()).toEqual(card);
    engine.unload();
    expect(engine.loadedId).toBeNull();
  });

  it('has a card without its files, and fetches them again when asked to load', async () => {
    const open = vi.fn<() => Promise<readonly ByteSource[]>>(() => Promise.resolve(files));
    open.mockRejectedValueOnce(new TypeError('offline'));
    const builtIn = new BuiltIn({ ...facts, open });
    expect(await builtIn.card()).toMatchObject({ ...facts, state: 'ready', bytes: 0, experts: null });
    expect((await builtIn.card()).experts).toEqual({ layers: 2, experts: 12, topK: 3 });
  });

  it.each([
    ['a file is missing', 'MISSING_PART', (all: readonly ByteSource[]) => all.slice(1)],
    [
      'the configuration is not JSON',
      'FILE_CORRUPT',
      (all: readonly ByteSource[]) => all.map((file) => (file.name === 'config.json' ? cut(file, 9) : file)),
    ],
    [
      'the weights end early',
      'FILE_TRUNCATED',
      (all: readonly ByteSource[]) =>
        all.map((file) => (file.name === 'model.safetensors' ? cut(file, file.size - 100) : file)),
    ],
  ])('fails clearly where %s, and loads once that is mended', async (_, code, damage) => {
    const open = vi.fn<() => Promise<readonly ByteSource[]>>(() => Promise.resolve(files));
    open.mockResolvedValueOnce(damage(files));
    const { engine } = engineWith(new BuiltIn({ ...facts, open }));
    await expect(engine.load('guide', options)).rejects.toMatchObject({ code, detail: { model: 'guide' } });
    expect(engine.loadedId).toBeNull();
    await expect(engine.load('guide', options)).resolves.toMatchObject({ runsOn: 'cpu' });
  });

  it('can be cancelled while its files are read, and loaded afterwards', async () => {
    const { engine } = engineWith(new BuiltIn({ ...facts, open: () => Promise.resolve(files) }));
    const stop = new AbortController();
    const loading = engine.load('guide', { ...options, signal: stop.signal });
    stop.abort();
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.load('guide', options)).resolves.toMatchObject({ runsOn: 'cpu' });
  });
});

function cut(file: ByteSource, size: number): ByteSource {
  return { ...file, size };
}

describe('an engine without a GPU', () => {
  it('runs small models of the store, and says of larger ones that there is no GPU', async () => {
    const { engine, store } = engineWith(new BuiltIn({ ...facts, open: () => Promise.resolve(files) }));
    const manifest = await importWith(
      { store, recordBytes: 64 * 1024 },
      { open: () => Promise.resolve(files), origin: 'file:golden' },
    );
    expect((await engine.load(manifest.id, options)).runsOn).toBe('cpu');
    const [tensor] = manifest.tensors;
    store.readManifest = () =>
      Promise.resolve({
        ...manifest,
        tensors: [...manifest.tensors, { ...tensor!, rows: 50_000, cols: 1001 }],
      });
    await expect(engine.load(manifest.id, options)).rejects.toMatchObject({ code: 'NO_WEBGPU' });
  });
});

describe('verifying', () => {
  it('reads every record and lists those that are not what was written', async () => {
    const store = createMemoryStore();
    const { id, records, bytes } = await importWith(
      { store, recordBytes: 64 * 1024 },
      { open: () => Promise.resolve(files), origin: 'file:golden' },
    );
    const seen: [number, number][] = [];
    const whole = await verifyModel(store, id, signal, (...one) => void seen.push(one));
    expect(whole).toEqual({ records: records.length, bytes, bad: [] });
    expect(seen).toHaveLength(records.length);
    expect(seen.at(-1)).toEqual([bytes, bytes]);

    const torn = await store.read(id, 2);
    await store.write(id, 2, torn.with(5, torn[5]! ^ 1));
    await store.write(id, 1, new Uint8Array(3));
    expect(await verifyModel(store, id, signal, () => undefined)).toMatchObject({ bad: [1, 2] });
  });

  it('can be cancelled between two records', async () => {
    const store = createMemoryStore();
    const { id } = await importWith(
      { store, recordBytes: 64 * 1024 },
      { open: () => Promise.resolve(files), origin: 'file:golden' },
    );
    const stop = new AbortController();
    const seen: number[] = [];
    const verifying = verifyModel(store, id, stop.signal, (done) => {
      seen.push(done);
      stop.abort();
    });
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(1);
    await expect(verifyModel(store, 'nothing', signal, () => undefined)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
