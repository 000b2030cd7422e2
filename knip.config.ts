import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/worker/main.ts',
    'src/tools/*.ts',
    'src/tools/infer/page.ts',
    'src/tools/realSize/page.ts',
    'src/tools/test/main.ts',
    // Programs of one command each, named in their first lines.
    'src/tools/golden/*.ts',
    'src/tools/realModel/record.ts',
    'src/tools/guide-model/evaluate.ts',
    'src/tools/guide-model/firstQuestions.ts',
    'e2e/ui/main.tsx',
    'src/bench/main.ts',
  ],
  project: ['src/**/*.{ts,tsx,mjs}', 'e2e/**/*.{ts,tsx}'],
  // Types a module's exports are made of are part of its face even where no one names them yet.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreBinaries: ['apt-get', 'dpkg'],
  // A room's door names the types its functions speak of, whether or not someone does already.
  ignoreIssues: { 'src/*/index.ts': ['types'] },
  vitest: { config: ['vitest.config.ts', 'src/tools/{realModel,realSize}/vitest.config.ts'] },
};

export default config;
