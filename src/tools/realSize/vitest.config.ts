/** Apart from the other projects: it writes half a gigabyte, and measures memory. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'real-size',
    environment: 'node',
    include: ['src/tools/{realSize,infer}/*.check.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
