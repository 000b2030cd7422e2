export { specFromConfig, specFromGguf } from './describe.ts';
export type { ModelDescription } from './describe.ts';
export type {
  AttentionSpec,
  DenseFfnSpec,
  FfnSpec,
  GqaSpec,
  LayerSpec,
  ModelSpec,
  RopeSpec,
  TensorPart,
  TensorRecipe,
} from './spec.ts';
