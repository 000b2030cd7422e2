/**
 * Three worlds: `unit` in Node; every *.gpu.test.ts in a real Chromium; and those of
 * kernels and device also in Node on Dawn (lavapipe with shader-f16 where it can be
 * had), whose compiler is too slow for many whole models: real-model runs one there.
 */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { CHROMIUM_FLAGS, findChromium } from './src/tools/chromium.ts';

const GPU_TESTS = ['src/**/*.gpu.test.ts'];
const executablePath = findChromium()?.path;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: GPU_TESTS,
          // Whole models computed in plain TypeScript take seconds, on a busy machine many.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'gpu-node',
          environment: 'node',
          include: [
            'src/{gpu,kernels}/**/*.gpu.test.ts',
            'src/engine/{selfTest,benchmark,guide,early}.gpu.test.ts',
          ],
          setupFiles: ['src/tools/nodeGpuSetup.ts'],
          // Worker threads have a copied process.env, which the Vulkan loader does not read.
          pool: 'forks',
          // A software adapter uses every core by itself.
          maxWorkers: 1,
          testTimeout: 600_000, // lavapipe takes seconds to compile a large kernel
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'gpu-browser',
          include: GPU_TESTS,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath === undefined ? {} : { executablePath }),
                args: [...CHROMIUM_FLAGS],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
