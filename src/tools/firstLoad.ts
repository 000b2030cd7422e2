/**
 * How much script the page needs before anybody touches it: the entries of index.html
 * with all they import, gzipped as a host would send them. A build that needs more
 * than it may, or in which nothing was found to measure, fails. Workers, and what the
 * page fetches when it is asked for something, do not count; they are told.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is asked of a chunk of the bundler's. */
export interface Chunk {
  readonly type: 'chunk';
  readonly fileName: string;
  readonly isEntry: boolean;
  /** Chunks fetched along with it, by file name. */
  readonly imports: readonly string[];
}

export type Output = Chunk | { readonly type: 'asset'; readonly fileName: string };

/** Files that an entry fetches before it runs, the entry first; throws where there is no entry. */
export function neededFirst(bundle: Readonly<Record<string, Output>>): readonly string[] {
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk') throw new Error(`the bundle has no chunk ${name}`);
    needed.add(name);
    chunk.imports.forEach(need);
  };
  for (const output of Object.values(bundle))
    if (output.type === 'chunk' && output.isEntry) need(output.fileName);
  if (needed.size === 0) throw new Error('the bundle has no entry: nothing was measured');
  return [...needed];
}

/** `mostBytes` of gzipped script at first; throws, and so fails the build, where it is more. */
export function limitFirstLoad(mostBytes: number): Plugin {
  return {
    name: 'shoal-first-load',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      if (dir === undefined) throw new Error('the build has no folder');
      const sizeOf = (name: string): number => gzipSync(readFileSync(join(dir, name))).length;
      const first = neededFirst(bundle);
      const later = Object.values(bundle)
        .filter(({ type, fileName }) => type === 'chunk' && !first.includes(fileName))
        .map(({ fileName }) => `${fileName} ${kB(sizeOf(fileName))}`);
      const total = first.reduce((sum, name) => sum + sizeOf(name), 0);
      const words = `first load: ${kB(total)} of ${kB(mostBytes)} of gzipped script in ${first.join(', ')}`;
      if (total > mostBytes) throw new Error(words);
      this.info(`${words}; when asked for: ${later.join(', ')}`);
    },
  };
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
