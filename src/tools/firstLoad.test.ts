import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitFirstLoad, neededFirst, type Output } from './firstLoad.ts';

const chunk = (fileName: string, isEntry: boolean, ...imports: string[]): Output => ({
  type: 'chunk',
  fileName,
  isEntry,
  imports,
});
const bundleOf = (...outputs: Output[]): Record<string, Output> =>
  Object.fromEntries(outputs.map((output) => [output.fileName, output]));

describe('neededFirst', () => {
  it('follows imports from the entries, each once, and leaves the rest', () => {
    const bundle = bundleOf(
      chunk('later.js', false, 'shared.js', 'entry.js'),
      chunk('entry.js', true, 'shared.js', 'deep.js'),
      chunk('shared.js', false, 'deep.js'),
      chunk('deep.js', false, 'shared.js'),
      { type: 'asset', fileName: 'worker.js' },
    );
    expect(neededFirst(bundle)).toEqual(['entry.js', 'shared.js', 'deep.js']);
  });

  it('refuses to measure nothing', () => {
    expect(() => neededFirst(bundleOf(chunk('later.js', false)))).toThrow('nothing was measured');
    expect(() => neededFirst({})).toThrow('nothing was measured');
  });
});

describe('limitFirstLoad', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'shoal-'));
  });
  afterAll(() => rm(place, { recursive: true }));

  /** Numbers no packer makes smaller than half their digits. */
  const noise = (seed: number): string =>
    Array.from({ length: 2000 }, (_, i) => ((Math.sin(seed + i) + 1) * 0x7fff_ffff) >>> 0).join(',');

  /** A page with an entry that needs a part at once (in a chunk of its own) and another when asked. */
  const pages: Plugin = {
    name: 'pages',
    resolveId: (id) => (/^(entry|part|later)$/.test(id) ? `\0${id}` : null),
    load: (id) =>
      ({
        '\0entry':
          "import { part } from 'part'; globalThis.ask = () => import('later'); globalThis.part = part;",
        '\0part': `export const part = [${noise(1)}];`,
        '\0later': `import { part } from 'part'; export const later = [part, ${noise(2)}];`,
      })[id] ?? null,
  };

  async function built(mostBytes: number): Promise<string[]> {
    const told: string[] = [];
    await build({
      configFile: false,
      root: place,
      logLevel: 'silent',
      plugins: [pages, limitFirstLoad(mostBytes)],
      build: {
        outDir: join(place, 'out'),
        emptyOutDir: true,
        rolldownOptions: {
          input: { entry: 'entry' },
          onLog: (_level, { message }) => void told.push(message),
        },
      },
    });
    return told;
  }

  it('counts the entry and what it needs, and not what comes later', async () => {
    const words = (await built(40_000)).find((line) => line.includes('first load')) ?? '';
    // 2,000 numbers of 31 random bits are 7.8 kB however packed, and about 20 kB as digits.
    const [, total, first, later] =
      /first load: ([\d.]+) kB of 40\.0 kB .* in (.*); when asked for: (.*)/.exec(words) ?? [];
    expect(Number(total)).toBeGreaterThan(7.8);
    expect(Number(total)).toBeLessThan(20);
    expect(first).toContain('entry');
    expect(first).not.toContain('later');
    expect(later).toMatch(/later.* [\d.]+ kB/);
  });

  it('fails a build that needs more', async () => {
    await expect(built(7800)).rejects.toThrow(/first load: [\d.]+ kB of 7\.8 kB/);
  });
});
