import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore, fileSource, type ModelManifest, type RecordStore } from '../storage/index.ts';
import { type RangeServer, startRangeServer } from '../tools/rangeServer.ts';
import { safetensorsFile, safetensorsParts, splitSafetensors } from '../tools/safetensorsBytes.ts';
import { listModels } from './importedModels.ts';
import type { ImportRequest } from './importModel.ts';
import { type ImportOrigin, openSource } from './importSource.ts';
import { importWith, type TestImport } from './testImport.ts';

/** PyTorch's tiny OLMoE: two layers of twelve experts, each matrix of each expert a tensor. */
const FIXTURE = new URL('../graph/fixtures/olmoe/hf/', import.meta.url);
const EXPERT_RECORDS = 24;
const RECORD_BYTES = 16 * 1024;

type Folder = Map<string, Uint8Array<ArrayBuffer> | string>;

function olmoe(): Folder {
  return new Map(
    readdirSync(FIXTURE).map((name) => [name, new Uint8Array(readFileSync(new URL(name, FIXTURE)))]),
  );
}

function sharded(): Folder {
  const folder = olmoe();
  const whole = folder.get('model.safetensors') as Uint8Array;
  folder.delete('model.safetensors');
  for (const [name, content] of splitSafetensors(whole, 3)) folder.set(name, content);
  return folder;
}

let store: RecordStore;
beforeEach(() => {
  store = createMemoryStore();
});

const run = (change: TestImport): Promise<ModelManifest> =>
  importWith({ store, recordBytes: RECORD_BYTES }, change);

function fromFolder(folder: Folder, change: Partial<ImportRequest> = {}): Promise<ModelManifest> {
  const files = [...folder].map(([name, content]) => new File([content], name));
  return run({ open: () => Promise.resolve(files.map(fileSource)), origin: 'file:olmoe', ...change });
}

const hashes = (manifest: ModelManifest): string[] => manifest.records.map(({ sha256 }) => sha256);

describe('importing a folder', () => {
  it('stores each expert as a record', async () => {
    const manifest = await fromFolder(olmoe());
    expect(manifest).toMatchObject({ quantisation: 'BF16', spec: { family: 'olmoe' } });
    const experts = manifest.records.filter(
      ({ slabs }) => manifest.tensors[slabs[0]!.tensor]!.experts === 12,
    );
    expect(experts).toHaveLength(EXPERT_RECORDS);
    for (const { slabs } of experts) {
      const [gateUp, down] = slabs.map(({ tensor }) => manifest.tensors[tensor]!);
      expect(gateUp!.name).toMatch(/^[01]\.expertGateUp$/);
      expect(down!.name).toBe(gateUp!.name.replace('GateUp', 'Down'));
      expect(slabs).toHaveLength(2);
      expect(slabs[0]!.row / slabs[0]!.rows).toBe(slabs[1]!.row / slabs[1]!.rows);
    }
  });

  it('is called what the folder is called, else what its config says', async () => {
    const folder = olmoe();
    const titled = async (name = ''): Promise<string> => {
      const files = [...folder].map(([file, content]) => new File([content], file));
      const opened = await openSource(store, { kind: 'file', files, folder: name }, 'keep');
      return (await run({ ...opened, store: createMemoryStore() })).title;
    };
    expect(await titled('My-OLMoE')).toBe('My-OLMoE');
    expect(await titled()).toBe('olmoe');
    const config: object = JSON.parse(new TextDecoder().decode(folder.get('config.json') as Uint8Array));
    folder.set('config.json', JSON.stringify({ ...config, _name_or_path: 'allenai/OLMoE-1B-7B/' }));
    expect(await titled()).toBe('OLMoE-1B-7B');
    folder.set('mine.safetensors', folder.get('model.safetensors')!);
    folder.delete('model.safetensors');
    expect(await titled()).toBe('mine');
  });

  it('reads what belongs to the model and nothing beside it', async () => {
    const folder = sharded();
    const alone = await fromFolder(folder);
    folder.set('README.md', 'about');
    folder.set('consolidated.safetensors', olmoe().get('model.safetensors')!);
    folder.set('pytorch_model.bin', 'pickles');
    const store2 = createMemoryStore();
    const among = await fromFolder(folder, { store: store2 });
    expect([among.id, among.sourceBytes]).toEqual([alone.id, alone.sourceBytes]);
  });

  it('is the same model in whatever order its files come', async () => {
    const folder = sharded();
    const { id } = await fromFolder(folder);
    const turned = new Map([...folder].toReversed());
    expect((await fromFolder(turned, { store: createMemoryStore() })).id).toBe(id);
  });

  it('names the part that is missing, and the expert', async () => {
    const missing = async (folder: Folder, name: string): Promise<unknown> => {
      folder.delete(name);
      return fromFolder(folder).catch((error: unknown) => error);
    };
    const shard = 'model-00002-of-00003.safetensors';
    for (const [folder, name] of [
      [sharded(), shard],
      [olmoe(), 'config.json'],
      [olmoe(), 'tokenizer.json'],
      [olmoe(), 'model.safetensors'],
    ] as const) {
      expect(await missing(folder, name)).toMatchObject({ code: 'MISSING_PART', detail: { file: name } });
    }
    const folder = olmoe();
    const parts = new Map(safetensorsParts(folder.get('model.safetensors') as Uint8Array));
    const tensor = 'model.layers.1.mlp.experts.7.up_proj.weight';
    expect(parts.delete(tensor)).toBe(true);
    folder.set('model.safetensors', safetensorsFile(parts));
    await expect(fromFolder(folder)).rejects.toMatchObject({ code: 'MISSING_TENSOR', detail: { tensor } });
    folder.set('config.json', '{"model_type": ');
    await expect(fromFolder(folder)).rejects.toMatchObject({
      code: 'FILE_CORRUPT',
      detail: { file: 'config.json' },
    });
    expect(await listModels(store)).toEqual([]);
  });

  it('goes on between experts when the tab died, with what it had noted', async () => {
    const whole = await fromFolder(olmoe(), { store: createMemoryStore() });
    for (const writes of [1, EXPERT_RECORDS - 4]) {
      store = createMemoryStore();
      const write = store.write.bind(store);
      let before = 0;
      let left = writes;
      const died = new Promise<void>((dead) => {
        store.write = async (model, record, bytes) => {
          if (left-- <= 0) {
            dead();
            await new Promise(() => undefined);
          }
          await write(model, record, bytes);
          before += bytes.length;
        };
      });
      void fromFolder(olmoe());
      await died;
      await new Promise((soon) => {
        setTimeout(soon, 20);
      });
      store.write = write;
      const again = vi.spyOn(store, 'write');
      expect(hashes(await fromFolder(olmoe()))).toEqual(hashes(whole));
      const stored = again.mock.calls.reduce((sum, [, , bytes]) => sum + bytes.length, 0);
      // Only what came since the last note, one record's worth at most, is made again.
      expect(stored).toBeGreaterThanOrEqual(whole.bytes - before);
      expect(stored).toBeLessThan(whole.bytes - before + 2 * RECORD_BYTES);
    }
  });
});

describe('a folder on the hub', () => {
  let server: RangeServer;
  beforeEach(async () => {
    server = await startRangeServer();
    serve(sharded(), '');
  });
  afterEach(() => server.close());

  function serve(folder: Folder, path: string): void {
    for (const [name, content] of folder)
      server.files.set(`/o/Tiny-OLMoE/resolve/main/${path}${name}`, content);
    const entries = [...folder].map(([name, content]) => ({
      type: 'file',
      oid: 'x',
      path: path + name,
      size: content.length,
    }));
    const below = { type: 'directory', oid: 'd', path: `${path}original`, size: 0 };
    const at = `/api/models/o/Tiny-OLMoE/tree/main${path === '' ? '' : `/${path.slice(0, -1)}`}`;
    server.files.set(at, JSON.stringify([...entries, below]));
  }

  async function fetchModel(
    source: ImportOrigin,
    change: Partial<ImportRequest> = {},
  ): Promise<ModelManifest> {
    const hub = { hubUrl: server.origin, retryDelays: [] };
    return run({ ...(await openSource(change.store ?? store, source, 'keep', hub)), ...change });
  }
  const hub = (path: string): ImportOrigin => ({ kind: 'hub', repo: 'o/Tiny-OLMoE', path });

  it('is the same model however it is named, and as on the disk', async () => {
    const manifest = await fetchModel(hub(''));
    expect(manifest).toMatchObject({ title: 'Tiny-OLMoE', origin: 'hub:o/Tiny-OLMoE/' });
    expect(hashes(manifest)).toEqual(hashes(await fromFolder(sharded(), { store: createMemoryStore() })));
    for (const path of ['config.json', 'model.safetensors.index.json', 'model-00001-of-00003.safetensors']) {
      expect((await fetchModel(hub(path), { store: createMemoryStore() })).id).toBe(manifest.id);
    }
  });

  it('asks for what belongs to the model only, and for neighbours together', async () => {
    const folder = sharded();
    folder.set('README.md', 'about');
    folder.set('consolidated.safetensors', olmoe().get('model.safetensors')!);
    serve(folder, '');
    await fetchModel(hub(''), { recordBytes: 128 * 1024 });
    const asked = new Set(server.requests.map(({ path }) => path.split('/').at(-1)));
    expect(asked).toEqual(
      new Set([
        'config.json',
        'main',
        'model-00001-of-00003.safetensors',
        'model-00002-of-00003.safetensors',
        'model-00003-of-00003.safetensors',
        'model.safetensors.index.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ]),
    );
    // Size, header's length and text, two samples; then windows of 16 kB for 24 experts of 3 kB each and the rest.
    const shards = server.requests.filter(
      ({ path }) => path.includes('.safetensors') && !path.includes('index'),
    );
    expect(shards.length).toBeLessThanOrEqual(3 * 5 + 16);
  });

  it('may lie below the root', async () => {
    serve(olmoe(), 'bf16/');
    const manifest = await fetchModel(hub('bf16/config.json'));
    expect(manifest).toMatchObject({ title: 'bf16', origin: 'hub:o/Tiny-OLMoE/bf16/' });
    expect(manifest.records.length).toBeGreaterThan(EXPERT_RECORDS);
  });

  it('is resumed between experts after a reload', async () => {
    // What was stored since the last note is noted when an import ends, here for the first time.
    const change = { recordBytes: 1024 * 1024 };
    const whole = await fetchModel(hub(''), { ...change, store: createMemoryStore() });
    const cancel = new AbortController();
    const write = store.write.bind(store);
    let left = 10;
    store.write = async (...all) => {
      await write(...all);
      if (--left === 0) cancel.abort();
    };
    await expect(fetchModel(hub(''), { ...change, signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    store.write = write;
    const [card] = await listModels(store);
    expect(card).toMatchObject({ state: 'partial', resumable: true, title: 'Tiny-OLMoE', id: whole.id });
    const again = vi.spyOn(store, 'write');
    expect(hashes(await fetchModel({ kind: 'resume', id: whole.id }, change))).toEqual(hashes(whole));
    const stored = again.mock.calls.reduce((sum, [, , bytes]) => sum + bytes.length, 0);
    expect(stored).toBe(whole.bytes - card!.doneBytes);
    expect(again.mock.calls.length).toBeLessThanOrEqual(whole.records.length - 10);
  });

  it('names what it lacks', async () => {
    const folder = sharded();
    folder.delete('model-00003-of-00003.safetensors');
    serve(folder, '');
    await expect(fetchModel(hub(''))).rejects.toMatchObject({
      code: 'MISSING_PART',
      detail: { file: 'model-00003-of-00003.safetensors' },
    });
    await expect(fetchModel({ ...hub(''), repo: 'o/none' } as ImportOrigin)).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      detail: { status: 404, repo: 'o/none' },
    });
  });
});
