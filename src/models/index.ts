export { specFromConfig, specFromGguf } from './describe.ts';
export type { ModelDescription } from './describe.ts';
export type {
  Activation,
  AttentionSpec,
  ConvSpec,
  DenseFfnSpec,
  FfnSpec,
  GqaSpec,
  LayerSpec,
  MlaSpec,
  ModelSpec,
  MoeFfnSpec,
  RopeSpec,
  RouterSpec,
  TemperatureSpec,
  TensorPart,
  TensorRecipe,
} from './spec.ts';
