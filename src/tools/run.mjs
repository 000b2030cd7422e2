/**
 * Runs a TypeScript program in Node: `node src/tools/run.mjs FILE.ts args…`.
 * Vite loads it, since our modules import WGSL with `?raw`, which Node cannot.
 * FILE exports `main(args: readonly string[]): Promise<number>`; its result is
 * the exit status.
 */
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [file, ...args] = process.argv.slice(2);
if (file === undefined) throw new Error('node src/tools/run.mjs FILE.ts args…');

// A dev server declares the whole process a development one, and builds started from here would be too.
const { NODE_ENV } = process.env;
const server = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
if (NODE_ENV === undefined) delete process.env.NODE_ENV;
else process.env.NODE_ENV = NODE_ENV;
const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
try {
  const { main } = await runner.import(pathToFileURL(resolve(file)).href);
  process.exitCode = await main(args);
} finally {
  await runner.close();
  await server.close();
}
