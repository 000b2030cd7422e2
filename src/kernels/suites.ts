/** Every kernel suite: the tests, the self-test and the bench walk this list. */
import { attendDecodeSuite, attendMergeSuite } from './attend/decodeCases.ts';
import { attendPrefillSuite, ropeWriteSuite } from './attend/prefillCases.ts';
import type { KernelSuite } from './card.ts';
import { embedSuite } from './embedCases.ts';
import { expertCombineSuite } from './expertCombineCases.ts';
import { expertMatmulSuite } from './expertMatmulCases.ts';
import { expertSortSuite } from './expertSortCases.ts';
import { expertDownSuite, expertGateUpSuite } from './expertMatvecCases.ts';
import { gluSuite } from './glu.ts';
import { matmulSuite } from './matmulCases.ts';
import { matvecSuite } from './matvecCases.ts';
import { mlaAbsorbSuite } from './mla/absorbCases.ts';
import { mlaAttendDecodeSuite, mlaAttendPrefillSuite } from './mla/attendCases.ts';
import { mlaValueManySuite, mlaValueSuite } from './mla/valueCases.ts';
import { rmsnormSuite } from './rmsnormCases.ts';
import { routeSuite } from './routeCases.ts';
import { rowNormSuite } from './rowNorm.ts';
import { sampleSuite } from './sampleCases.ts';
import { shortConvSuite } from './shortConvCases.ts';

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
  routeSuite,
  expertGateUpSuite,
  expertDownSuite,
  expertSortSuite,
  expertMatmulSuite,
  expertCombineSuite,
  mlaAbsorbSuite,
  mlaAttendDecodeSuite,
  mlaValueSuite,
  mlaAttendPrefillSuite,
  mlaValueManySuite,
  shortConvSuite,
  sampleSuite,
];
