/** A Chromium for the browser tests: the one there is, or one installed now. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { lookForChromium } from '../chromium.ts';

export interface ChromiumFound {
  readonly path: string;
  /** Where it came from, for people. */
  readonly from: string;
}

/** Debian's package as root, Playwright's build otherwise. */
export function ensureChromium(): ChromiumFound {
  const found = lookForChromium();
  if (found !== undefined) return { path: found, from: origin(found) };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    install('apt-get', ['update', '-q']);
    install('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium']);
  } else {
    install('npx', ['playwright', 'install', 'chromium']);
  }
  const installed = lookForChromium();
  if (installed === undefined) throw new Error('no Chromium, and none could be installed: set CHROMIUM_PATH');
  return { path: installed, from: `${origin(installed)}, installed now` };
}

function origin(path: string): string {
  if (path === process.env['CHROMIUM_PATH']) return 'CHROMIUM_PATH';
  return path === chromium.executablePath() ? "Playwright's own" : "the system's";
}

function install(program: string, args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
}
