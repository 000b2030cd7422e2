/**
 * Mesa's software Vulkan driver with shader-f16, for kernel tests in Node. It is
 * downloaded from Debian's backports through apt with directories of its own
 * and unpacked under .cache, never installed: the Mesa of bookworm itself is too
 * old for Dawn.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOME = join(import.meta.dirname, '../../.cache/lavapipe');
const PACKAGES = ['mesa-vulkan-drivers', 'libdrm2', 'libdrm-amdgpu1'];

export type Lavapipe = { readonly icd: string } | { readonly icd: null; readonly reason: string };

/** The driver's ICD file, fetched on first use. */
export function lavapipe(): Lavapipe {
  const icd = join(HOME, 'icd.json');
  if (existsSync(icd)) return { icd };
  const work = mkdtempSync(join(tmpdir(), 'lavapipe-'));
  try {
    const source = backportsSource();
    if (source === undefined)
      return { icd: null, reason: 'this machine has no Debian source with backports' };
    download(work, source);
    unpack(work);
    moveHome(join(work, 'home'));
    return { icd };
  } catch (error) {
    return { icd: null, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The machine's own Debian source, asking for the backports suite instead. */
function backportsSource(): { readonly file: string; readonly text: string } | undefined {
  if (!existsSync('/etc/os-release')) return undefined;
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (codename === undefined) return undefined;
  for (const path of sourceFiles()) {
    const text = backportsIn(readFileSync(path, 'utf8'), codename);
    if (text !== undefined)
      return { file: path.endsWith('.sources') ? 'backports.sources' : 'backports.list', text };
  }
  return undefined;
}

function sourceFiles(): string[] {
  const folder = '/etc/apt/sources.list.d';
  const parts = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ['/etc/apt/sources.list', ...parts].filter(
    (path) => /\.(list|sources)$/.test(path) && existsSync(path),
  );
}

/**
 * The first entry for the release `codename` in a file of apt sources (one-line
 * or deb822 form), with its suite changed to the backports; undefined if none.
 */
export function backportsIn(text: string, codename: string): string | undefined {
  const backports = `${codename}-backports`;
  const line = text.split('\n').find((candidate) => new RegExp(`^deb\\s.*\\s${codename}\\s`).test(candidate));
  if (line !== undefined) return `${line.replace(new RegExp(`\\s${codename}\\s`), ` ${backports} `)}\n`;
  const stanza = text
    .split(/\n\s*\n/)
    .find((candidate) => new RegExp(`^Suites:.*\\b${codename}(\\s|$)`, 'm').test(candidate));
  return stanza === undefined ? undefined : `${stanza.replace(/^Suites:.*$/m, `Suites: ${backports}`)}\n`;
}

function download(work: string, source: { readonly file: string; readonly text: string }): void {
  for (const folder of ['parts', 'state', 'lists/partial', 'cache/archives/partial', 'debs']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, 'parts', source.file), source.text);
  const settings = [
    `Dir::State "${work}/state";`,
    `Dir::State::status "/var/lib/dpkg/status";`,
    `Dir::State::lists "${work}/lists";`,
    `Dir::Cache "${work}/cache";`,
    `Dir::Etc::sourcelist "/dev/null";`,
    `Dir::Etc::sourceparts "${work}/parts";`,
    `Acquire::Languages "none";`,
    // The private folders belong to this user, so apt must not drop to its own.
    `APT::Sandbox::User "root";`,
  ];
  writeFileSync(join(work, 'apt.conf'), `${settings.join('\n')}\n`);
  const env = { ...process.env, APT_CONFIG: join(work, 'apt.conf') };
  execFileSync('apt-get', ['update'], { env, stdio: 'pipe' });
  execFileSync('apt-get', ['download', ...PACKAGES], { env, stdio: 'pipe', cwd: join(work, 'debs') });
}

function unpack(work: string): void {
  const home = join(work, 'home');
  mkdirSync(home);
  for (const name of readdirSync(join(work, 'debs'))) {
    execFileSync('dpkg', ['-x', join(work, 'debs', name), join(home, 'root')], { stdio: 'pipe' });
  }
  const triplet = readdirSync(join(home, 'root/usr/lib')).find((name) =>
    existsSync(join(home, 'root/usr/lib', name, 'libvulkan_lvp.so')),
  );
  if (triplet === undefined) throw new Error('the Mesa package holds no libvulkan_lvp.so');
  // A relative library_path is read from the folder of the ICD file.
  const icd = { library_path: `./root/usr/lib/${triplet}/libvulkan_lvp.so`, api_version: '1.3.0' };
  writeFileSync(join(home, 'icd.json'), JSON.stringify({ file_format_version: '1.0.0', ICD: icd }));
}

/** Copies beside the final place, then renames: another process never sees half a driver. */
function moveHome(made: string): void {
  const staged = `${HOME}.${process.pid}`;
  cpSync(made, staged, { recursive: true, verbatimSymlinks: true });
  rmSync(HOME, { recursive: true, force: true });
  renameSync(staged, HOME);
}
