/**
 * Which room may import which (DESIGN.md §2), as data, and every file held to it.
 * Tests, tools and benches may import anything; nothing but they may import
 * tools and benches. The number of files seen is asserted, so that a broken walk
 * cannot pass for a clean tree.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Room {
  /** Imports point down: a room imports only rooms of a lower rank. */
  readonly rank: number;
  readonly imports: readonly string[];
  /** Rooms of which only types may be imported, of any rank. */
  readonly types?: readonly string[];
  /** Single files of other rooms. */
  readonly files?: readonly string[];
}

const ROOMS: Readonly<Record<string, Room>> = {
  base: { rank: 0, imports: [] },
  protocol: { rank: 1, imports: ['base'] },
  text: { rank: 1, imports: ['base'] },
  formats: { rank: 1, imports: ['base'] },
  // The manifest names the spec and the layouts; storage itself reads neither.
  storage: { rank: 1, imports: ['base'], types: ['models', 'formats'] },
  gpu: { rank: 1, imports: ['base'] },
  models: { rank: 2, imports: ['base', 'formats'] },
  kernels: { rank: 2, imports: ['base', 'gpu', 'formats'] },
  experts: { rank: 3, imports: ['base', 'gpu', 'storage', 'formats'] },
  graph: { rank: 4, imports: ['base', 'gpu', 'kernels', 'models', 'formats', 'experts'] },
  // The engine checks and picks kernels on this adapter before it loads a model.
  engine: {
    rank: 5,
    imports: ['base', 'text', 'models', 'formats', 'storage', 'gpu', 'kernels', 'graph', 'experts'],
  },
  // The worker chooses the store the engine gets: IndexedDB here, memory in Node.
  worker: { rank: 6, imports: ['engine', 'storage', 'protocol', 'base'] },
  state: { rank: 6, imports: ['protocol', 'base'], files: ['models/catalogue.ts'] },
  pwa: { rank: 6, imports: ['base', 'protocol'] },
  ui: { rank: 7, imports: ['state', 'base'], types: ['protocol'] },
  // The page names the worker's file by URL; it is another program, not an import.
  'main.tsx': { rank: 8, imports: ['ui', 'state', 'protocol', 'pwa', 'base'], files: ['worker/main.ts'] },
};

/** The tree had this many shipped files when the table was last touched, or a few less. */
const FEWEST_FILES = 150;

/** Not part of what ships. */
const WORKSHOPS: readonly string[] = ['tools', 'bench'];

const SRC = dirname(fileURLToPath(import.meta.url));

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Specifiers of one file: import, export from, import(), new URL(…, import.meta.url). */
function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  const statement = /\b(?:import|export)\s+(type\s+)?([\w*{}\s,$]+?)\s+from\s*['"]([^'"]+)['"]/g;
  for (const [, type, names, target] of code.matchAll(statement)) {
    const listed = /^\{([^}]*)\}$/.exec(names?.trim() ?? '')?.[1];
    const inlineTypes =
      listed !== undefined &&
      listed
        .split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => /^\s*type\s/.test(name));
    found.push({ target: target ?? '', typeOnly: type !== undefined || inlineTypes });
  }
  const others = [
    /\bimport\s*['"]([^'"]+)['"]/g,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.[^'"]+)['"]\s*,\s*import\.meta\.url/g,
  ];
  for (const pattern of others) {
    for (const [, target] of code.matchAll(pattern)) found.push({ target: target ?? '', typeOnly: false });
  }
  return found.map(({ target, typeOnly }) => ({ target: target.replace(/\?.*$/, ''), typeOnly }));
}

/** Paths from src/, of what ships: no tests, no declarations. */
function shippedFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path))
    .filter((path) => !WORKSHOPS.includes(roomOf(path)))
    .sort();
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** What is wrong with one import, or null. */
function complaint(file: string, { target, typeOnly }: Import): string | null {
  if (!target.startsWith('.')) return null;
  const path = relative(SRC, resolve(SRC, dirname(file), target));
  const from = roomOf(file);
  const to = roomOf(path);
  if (from === to) return null;
  const room = ROOMS[from];
  if (path.startsWith('..')) return `${file} imports ${target}, outside src`;
  if (room === undefined) return `${file} is in a room the table does not know`;
  if (room.imports.includes(to) || room.files?.includes(path)) return null;
  if (typeOnly && room.types?.includes(to)) return null;
  return `${file} (${from}) may not import ${path}${typeOnly ? ' (types)' : ''}`;
}

describe('the import table', () => {
  const files = shippedFiles();
  const imports = files.flatMap((file) =>
    importsOf(readFileSync(join(SRC, file), 'utf8')).map((found) => ({ file, found })),
  );

  it('saw the tree', () => {
    expect(files.length).toBeGreaterThanOrEqual(FEWEST_FILES);
    expect(imports.length).toBeGreaterThanOrEqual(FEWEST_FILES);
  });

  it('knows every room', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => ROOMS[room] === undefined)).toEqual([]);
  });

  it('points down', () => {
    const upward = Object.entries(ROOMS).flatMap(([name, room]) =>
      room.imports.filter((to) => (ROOMS[to]?.rank ?? Infinity) >= room.rank).map((to) => `${name} → ${to}`),
    );
    expect(upward).toEqual([]);
  });

  it('is kept by every file', () => {
    expect(imports.map(({ file, found }) => complaint(file, found)).filter((line) => line !== null)).toEqual(
      [],
    );
  });

  it('reads each form of import', () => {
    const text = `
      import type { A } from '../a.ts';
      import { type B, type C } from '../b.ts';
      import {
        d,
        type D,
      } from '../c.ts';
      import * as e from "../e.ts";
      export { f } from '../f.ts';
      export * from '../g.ts';
      import '../h.css';
      const i = await import('../i.ts');
      const j = new URL('../j.ts', import.meta.url);
      import k from '../k.wgsl?raw';
      // import { l } from '../l.ts';
    `;
    expect(
      importsOf(text)
        .map(({ target, typeOnly }) => (typeOnly ? `type ${target}` : target))
        .sort(),
    ).toEqual([
      '../c.ts',
      '../e.ts',
      '../f.ts',
      '../g.ts',
      '../h.css',
      '../i.ts',
      '../j.ts',
      '../k.wgsl',
      'type ../a.ts',
      'type ../b.ts',
    ]);
  });

  it('complains of a wall that is crossed', () => {
    const value = (target: string): Import => ({ target, typeOnly: false });
    expect(complaint('ui/chat.tsx', value('../engine/load.ts'))).toMatch(/may not import/);
    expect(complaint('kernels/matvec.ts', value('../models/spec.ts'))).toMatch(/may not import/);
    expect(complaint('ui/chat.tsx', value('../protocol/api.ts'))).toMatch(/may not import/);
    expect(complaint('ui/chat.tsx', { target: '../protocol/api.ts', typeOnly: true })).toBeNull();
    expect(complaint('engine/load.ts', value('../tools/infer.ts'))).toMatch(/may not import/);
    expect(complaint('engine/load.ts', value('../gpu/device.ts'))).toBeNull();
  });
});
