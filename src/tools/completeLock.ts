/**
 * `node src/tools/run.mjs src/tools/completeLock.ts`, after `npm install` where the
 * registry at hand mirrors only this platform. npm then leaves other platforms'
 * optional packages out of package-lock.json, and `npm ci` refuses such a lock
 * anywhere. This writes them in, with the version their parent asks for.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

const LOCK = 'package-lock.json';

const Entry = v.looseObject({ optionalDependencies: v.optional(v.record(v.string(), v.string())) });
const Lock = v.looseObject({ packages: v.record(v.string(), Entry) });

const SYSTEMS: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  mac: 'darwin',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  win: 'win32',
  win32: 'win32',
};
const PROCESSORS: Readonly<Record<string, string>> = {
  arm: 'arm',
  arm64: 'arm64',
  armv7l: 'arm',
  ia32: 'ia32',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};

/** What npm needs to know to pass a package by on another platform, out of its name. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const known = (table: Readonly<Record<string, string>>): string[] =>
    words.map((word) => table[word]).filter((word) => word !== undefined);
  const [os, cpu] = [known(SYSTEMS), known(PROCESSORS)];
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`cannot tell the platform of ${name}`);
  return words.includes('musl') || words.includes('musleabihf') ? { os, cpu, libc: ['musl'] } : { os, cpu };
}

export async function main(): Promise<number> {
  const lock = v.parse(Lock, JSON.parse(readFileSync(LOCK, 'utf8')));
  const { packages } = lock;
  let added = 0;
  for (const [parent, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const path = `node_modules/${name}`;
      if (packages[path] !== undefined || packages[`${parent}/${path}`] !== undefined) continue;
      const entry = { version, ...platformOf(name), dev: true, optional: true };
      packages[path] = entry;
      added += 1;
    }
  }
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added} packages written in`);
  return Promise.resolve(0);
}
