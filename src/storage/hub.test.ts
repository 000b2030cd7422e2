import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RangeServer, startRangeServer } from '../tools/rangeServer.ts';
import { hubFileUrl, hubListing, partNames } from './hub.ts';

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
