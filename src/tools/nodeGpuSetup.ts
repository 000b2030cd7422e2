/** Gives a GPU test in Node what a browser has: navigator.gpu and WebGPU's constants. */
import { afterAll } from 'vitest';
import { openNodeGpu, type NodeAdapter } from './nodeGpu.ts';

const CHOICES: readonly NodeAdapter[] = ['lavapipe', 'swiftshader', 'environment', 'auto'];
const named = process.env['SHOAL_NODE_GPU'] ?? 'auto';
const which = CHOICES.find((choice) => choice === named);
if (which === undefined) throw new Error(`SHOAL_NODE_GPU is one of ${CHOICES.join(', ')}, not ${named}`);

const gpu = await openNodeGpu(which);
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });

// Node does not exit while Dawn's instance is reachable.
afterAll(() => {
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
});
