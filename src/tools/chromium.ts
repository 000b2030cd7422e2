/**
 * Which Chromium the browser tests and the browser runtime drive: the one
 * CHROMIUM_PATH names, the system's, Playwright's own, or else one installed now.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

export interface ChromiumFound {
  readonly path: string;
  /** Where it came from, for people. */
  readonly from: string;
}

/** Flags that give a headless Chromium a WebGPU adapter on a machine with no GPU. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

const SYSTEM_PATH = '/usr/bin/chromium';

export function findChromium(): ChromiumFound | null {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which is not there`);
    return { path: named, from: 'CHROMIUM_PATH' };
  }
  if (existsSync(SYSTEM_PATH)) return { path: SYSTEM_PATH, from: 'the system' };
  const own = chromium.executablePath();
  return own !== '' && existsSync(own) ? { path: own, from: "Playwright's own" } : null;
}

/** Finds one, or installs Debian's package as root, Playwright's build otherwise. */
export function ensureChromium(): ChromiumFound {
  const found = findChromium();
  if (found !== null) return found;
  const quietly = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-q'], { ...quietly, env });
    execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], { ...quietly, env });
  } else {
    execFileSync('npx', ['playwright', 'install', 'chromium'], quietly);
  }
  const installed = findChromium();
  if (installed === null) throw new Error('no Chromium, and none could be installed: set CHROMIUM_PATH');
  return { ...installed, from: `${installed.from}, installed now` };
}
