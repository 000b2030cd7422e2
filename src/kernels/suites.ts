/** Every kernel suite: the tests, the self-test and the bench walk this list. */
import { attendDecodeSuite, attendMergeSuite } from './attend/decodeCases.ts';
import { attendPrefillSuite, ropeWriteSuite } from './attend/prefillCases.ts';
import type { KernelSuite } from './card.ts';
import { embedSuite } from './embedCases.ts';
import { gluSuite } from './glu.ts';
import { matmulSuite } from './matmulCases.ts';
import { matvecSuite } from './matvecCases.ts';
import { rmsnormSuite } from './rmsnormCases.ts';
import { rowNormSuite } from './rowNorm.ts';
import { sampleSuite } from './sampleCases.ts';

export const suites: readonly KernelSuite[] = [
  embedSuite,
  rmsnormSuite,
  matvecSuite,
  matmulSuite,
  gluSuite,
  rowNormSuite,
  ropeWriteSuite,
  attendDecodeSuite,
  attendMergeSuite,
  attendPrefillSuite,
  sampleSuite,
];
