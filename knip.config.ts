import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/main.tsx',
    'src/worker/main.ts',
    'src/tools/test/main.ts',
    'src/tools/infer.ts',
    'src/tools/**/record.ts',
    'src/bench/main.ts',
  ],
  project: ['src/**/*.{ts,tsx,mjs}', 'e2e/**/*.ts'],
  // Types a module's exports are made of are part of its face even where no one names them yet.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreBinaries: ['apt-get'],
  vitest: { config: ['vitest.config.ts', 'src/tools/realModel/vitest.config.ts'] },
};

export default config;
