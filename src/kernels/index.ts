/** The kernels room's door: cards, and what records and checks them. */
export { attendDecode, partialsBytes } from './attendDecode.ts';
export { attendMerge } from './attendMerge.ts';
export { attendPrefill } from './attendPrefill.ts';
export type { KernelCard, KernelCase, KernelShape, Params } from './card.ts';
export { chooseShape, leastTime, type ShapeChoice } from './choose.ts';
export { embed } from './embed.ts';
export { expertCombine } from './expertCombine.ts';
export {
  expertBlocks,
  expertMatmul,
  expertTile,
  type ExpertMatmulOptions,
  type ExpertRole,
} from './expertMatmul.ts';
export { expertDown, expertGateUp } from './expertMatvec.ts';
export { EXPERT_ARGS_BYTES, expertGrid, expertSort, mostExpertTiles } from './expertSort.ts';
export { glu } from './glu.ts';
export type { KvType } from './kv/kv.ts';
export { matmul } from './matmul.ts';
export { matvec } from './matvec.ts';
export { mlaAbsorb } from './mlaAbsorb.ts';
export { mlaAttendDecode, mlaPartialsBytes } from './mlaAttendDecode.ts';
export { mlaAttendPrefill } from './mlaAttendPrefill.ts';
export { mlaValue, mlaValueMany } from './mlaValue.ts';
export { compileKernel, createKernelRecorder, type KernelRecorder, type Launch } from './record.ts';
export { rmsnorm } from './rmsnorm.ts';
export { ropeWrite } from './ropeWrite.ts';
export { route } from './route.ts';
export { rowNorm } from './rowNorm.ts';
export { runCase } from './runCase.ts';
export { NO_TOKEN, packSettings, sample, scratchWords } from './sample.ts';
export { sampleReference, type SampleSettings } from './samplePlain.ts';
export { shortConv } from './shortConv.ts';
