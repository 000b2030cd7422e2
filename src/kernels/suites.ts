/** Every kernel suite: the tests, the self-test and the bench walk this list. */
import type { KernelSuite } from './card.ts';

export const suites: readonly KernelSuite[] = [];
