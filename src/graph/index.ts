/** The graph room's door: models as programs of dispatches. */
export { Forward, type ChosenExperts, type ForwardOptions, type Programs } from './forward.ts';
export { chooseKvType, keepable, kvBytesPerToken, widestKvRow } from './kvCache.ts';
export { NO_EXPERT, type TokenRoutes } from './routeLog.ts';
export { GpuWeights, type TensorShape } from './weights.ts';
