/** The engine room's door: models loaded, sessions, generation, imports. */
export { benchmark } from './benchmark.ts';
export { BuiltIn } from './builtIn.ts';
export { chat, type ChatOutcome } from './chat.ts';
export { complete, type Completion } from './complete.ts';
export { Engine } from './engine.ts';
export { importModel } from './importModel.ts';
export { openSource } from './importSource.ts';
export { listModels } from './importedModels.ts';
export type { LoadedModel } from './loadModel.ts';
export type { KernelShape } from '../kernels/index.ts';
export { verifyModel } from './verifyModel.ts';
export { fullTest, quickTest } from './selfTest.ts';
