import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RangeServer, startRangeServer } from '../tools/rangeServer.ts';
import { hubFileUrl, hubFolder, hubListing, partNames } from './hub.ts';

let server: RangeServer;
beforeEach(async () => {
  server = await startRangeServer();
});
afterEach(() => server.close());

const file = (path: string, size: number) => ({ type: 'file', oid: 'x', path, size });
const lfs = (path: string, size: number) => ({
  ...file(path, 134),
  lfs: { oid: 'y', size, pointerSize: 134 },
});

describe('hubListing', () => {
  it('lists GGUF models with their sizes, split ones once', async () => {
    server.files.set(
      '/api/models/owner/some.Model-1/tree/main',
      JSON.stringify([
        file('README.md', 10),
        { type: 'directory', oid: 'd', path: 'big', size: 0 },
        lfs('small-Q4_0.gguf', 500),
        lfs('big/m-Q8_0-00002-of-00002.gguf', 3000),
        lfs('big/m-Q8_0-00001-of-00002.gguf', 4000),
        lfs('torn-00001-of-00003.gguf', 1),
        lfs('UPPER.GGUF', 20),
      ]),
    );
    expect(await hubListing('owner/some.Model-1', { hubUrl: server.origin })).toEqual([
      { path: 'UPPER.GGUF', bytes: 20, parts: ['UPPER.GGUF'] },
      { path: 'small-Q4_0.gguf', bytes: 500, parts: ['small-Q4_0.gguf'] },
      {
        path: 'big/m-Q8_0-00001-of-00002.gguf',
        bytes: 7000,
        parts: ['big/m-Q8_0-00001-of-00002.gguf', 'big/m-Q8_0-00002-of-00002.gguf'],
      },
    ]);
  });

  it('offers the safetensors of the root as one model, where its facts are beside them', async () => {
    const facts = [file('config.json', 10), file('tokenizer.json', 20)];
    const shard = (i: number, size: number) => lfs(`model-0000${i}-of-00002.safetensors`, size);
    const index = file('model.safetensors.index.json', 5);
    const others = [lfs('consolidated.safetensors', 999), lfs('original/model.safetensors', 999)];
    const list = (...entries: readonly object[]) => {
      server.files.set('/api/models/o/m/tree/main', JSON.stringify(entries));
      return hubListing('o/m', { hubUrl: server.origin });
    };
    expect(await list(...facts, ...others, index, shard(2, 300), shard(1, 400), lfs('m.gguf', 500))).toEqual([
      { path: 'm.gguf', bytes: 500, parts: ['m.gguf'] },
      {
        path: 'model.safetensors.index.json',
        bytes: 700,
        parts: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'],
      },
    ]);
    expect(await list(...facts, lfs('model.safetensors', 80))).toEqual([
      { path: 'model.safetensors', bytes: 80, parts: ['model.safetensors'] },
    ]);
    // Shards that no index names, a tokenizer of another kind, an adapter.
    expect(await list(...facts, shard(1, 1), shard(2, 1))).toEqual([]);
    expect(await list(facts[0]!, lfs('model.safetensors', 80))).toEqual([]);
    expect(await list(...facts, index)).toEqual([]);
  });

  it('names the files of one folder', async () => {
    server.files.set(
      '/api/models/o/m/tree/main/bf16',
      JSON.stringify([
        file('bf16/config.json', 10),
        { type: 'directory', oid: 'd', path: 'bf16/x', size: 0 },
      ]),
    );
    expect(await hubFolder('o/m', 'bf16', { hubUrl: server.origin })).toEqual(['config.json']);
    await expect(hubFolder('o/m', 'none', { hubUrl: server.origin })).rejects.toMatchObject({
      code: 'HTTP_STATUS',
    });
  });

  it('asks the hub only about what can be a repository', async () => {
    for (const repo of [
      '',
      'owner',
      'owner/',
      '/name',
      'a/b/c',
      'a/../b',
      '../x',
      'owner/na me',
      'http://x/y',
      'o/n?x=1',
    ]) {
      await expect(hubListing(repo, { hubUrl: server.origin })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect(server.requests).toEqual([]);
  });

  it('names what goes wrong', async () => {
    await expect(hubListing('no/such', { hubUrl: server.origin })).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      detail: { status: 404, repo: 'no/such' },
    });
    await server.close();
    await expect(hubListing('no/such', { hubUrl: server.origin })).rejects.toMatchObject({ code: 'NETWORK' });
    server = await startRangeServer();
  });

  it('can be cancelled', async () => {
    const hub = { hubUrl: server.origin, signal: AbortSignal.abort() };
    await expect(hubListing('a/b', hub)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('names of files', () => {
  it('are addresses with every special character escaped', () => {
    expect(hubFileUrl('a/b', 'dir/x #1?.gguf', { hubUrl: 'https://hub' })).toBe(
      'https://hub/a/b/resolve/main/dir/x%20%231%3F.gguf',
    );
  });

  it('of parts follow from the first', () => {
    expect(partNames('d/m-00001-of-00003.gguf')).toEqual([
      'd/m-00001-of-00003.gguf',
      'd/m-00002-of-00003.gguf',
      'd/m-00003-of-00003.gguf',
    ]);
    expect(partNames('m.gguf')).toEqual(['m.gguf']);
    expect(partNames('m-00002-of-00003.gguf')).toEqual(['m-00002-of-00003.gguf']);
  });
});
