/** The graph room's door: models as programs of dispatches. */
export { Forward, type ChosenExperts, type ForwardOptions, type Programs } from './forward.ts';
export { chooseKvType, keepable, kvBytesPerToken, widestKvRow } from './kvCache.ts';
export {
  createPlainSession,
  type PlainLogits,
  type PlainResult,
  type PlainSession,
  type PlainWeights,
} from './plain.ts';
export { plainWeightsOf } from './plainWeights.ts';
export { NO_EXPERT, type TokenRoutes } from './routeLog.ts';
export { GpuWeights, type TensorShape } from './weights.ts';
