/** Apart from the other projects: it needs llama.cpp and a model of 98 MB, and takes minutes. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'real-model',
    environment: 'node',
    include: ['src/tools/realModel/*.check.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
