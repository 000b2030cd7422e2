/** What a model's config.json says about how its weights are packed. */
import * as v from 'valibot';
import { AppError } from '../base/failure.ts';

export type Quantisation =
  | { readonly method: 'none' | 'mxfp4' }
  /** FP8 weights with a scale per [rows, columns]; null where tensors themselves tell. */
  | { readonly method: 'fp8'; readonly block: readonly [number, number] | null }
  | { readonly method: 'gptq'; readonly groupCols: number; readonly zeroAdd: number }
  | { readonly method: 'awq'; readonly groupCols: number }
  | { readonly method: 'compressed-tensors'; schemeOf(module: string): PackScheme }
  | { readonly method: 'mlx'; schemeOf(module: string): MlxScheme };

export interface PackScheme {
  readonly bits: number;
  /** Without zero points. */
  readonly symmetric: boolean;
  /** Columns that share a scale; the whole row is Infinity. */
  readonly groupCols: number;
  readonly block: readonly [number, number] | null;
}

export interface MlxScheme {
  readonly bits: number;
  readonly groupCols: number;
  readonly mode: string;
}

const Count = v.pipe(v.number(), v.safeInteger());
const Block = v.tuple([Count, Count]);
const Weights = v.looseObject({
  num_bits: Count,
  type: v.optional(v.string(), 'int'),
  symmetric: v.optional(v.boolean(), true),
  strategy: v.nullish(v.string()),
  group_size: v.nullish(Count),
  block_structure: v.nullish(v.union([Block, v.string()])),
});
const ConfigGroup = v.looseObject({ targets: v.array(v.string()), weights: v.nullish(Weights) });
const Settings = v.looseObject({
  quant_method: v.nullish(v.string()),
  bits: v.nullish(Count),
  group_size: v.nullish(Count),
  format: v.nullish(v.string()),
  checkpoint_format: v.nullish(v.string()),
  version: v.nullish(v.string()),
  mode: v.nullish(v.string()),
  weight_block_size: v.nullish(Block),
  config_groups: v.nullish(v.record(v.string(), ConfigGroup)),
});
type Settings = v.InferOutput<typeof Settings>;
const Holder = v.looseObject({
  quantization_config: v.nullish(v.unknown()),
  compression_config: v.nullish(v.unknown()),
  quantization: v.nullish(v.unknown()),
  text_config: v.nullish(v.unknown()),
});

/** UNSUPPORTED_TYPE { type } for a method, width or variant that is not read here; FILE_CORRUPT { file }. */
export function readQuantisation(config: unknown): Quantisation {
  const settings = findSettings(config);
  if (settings === null) return { method: 'none' };
  const { quant_method: method, bits, group_size: groupSize } = settings;
  // MLX writes its settings under both names, and no method.
  if (typeof method !== 'string') {
    if (typeof bits === 'number') return readMlx(settings);
    throw unsupported('a quantization_config without quant_method');
  }
  switch (method) {
    case 'mxfp4':
      return { method };
    case 'fp8':
      return { method, block: settings.weight_block_size ?? null };
    case 'gptq':
      requireBits(method, bits);
      return { method, groupCols: wholeRow(groupSize), zeroAdd: gptqZeroAdd(settings) };
    case 'awq': {
      requireBits(method, bits);
      const variant = (settings.version ?? settings.format ?? 'gemm').toLowerCase();
      if (variant !== 'gemm') throw unsupported(`awq in its ${variant} order`);
      return { method, groupCols: wholeRow(groupSize) };
    }
    case 'compressed-tensors':
      return { method, schemeOf: compressedSchemes(settings) };
    default:
      throw unsupported(method);
  }
}

function findSettings(config: unknown): Settings | null {
  const holder = v.safeParse(Holder, config);
  if (!holder.success) return null;
  const {
    quantization_config: plain,
    compression_config: older,
    quantization,
    text_config: text,
  } = holder.output;
  const found = plain ?? older ?? quantization;
  if (found === null || found === undefined) return text === undefined ? null : findSettings(text);
  const settings = v.safeParse(Settings, found);
  if (settings.success) return settings.output;
  throw new AppError('FILE_CORRUPT', 'config.json describes its quantisation in an unknown way', {
    file: 'config.json',
  });
}

function gptqZeroAdd({ checkpoint_format: format }: Settings): number {
  if (format === 'gptq_v2') return 0;
  // Subtracting one from each zero point may have borrowed from its neighbour; adding it returns that.
  if (format === undefined || format === null || format === 'gptq') return 0x11111111;
  throw unsupported(`gptq in its ${format} order`);
}

function requireBits(method: string, bits: number | null | undefined): void {
  if (bits !== 4) throw unsupported(`${method} with ${bits ?? 'unnamed'} bits`);
}

function wholeRow(groupSize: number | null | undefined): number {
  return typeof groupSize === 'number' && groupSize > 0 ? groupSize : Infinity;
}

/** The scheme of the group that names a module, by pattern or name, else by its class, Linear. */
function compressedSchemes({ config_groups: groups }: Settings): (module: string) => PackScheme {
  const all = Object.values(groups ?? {});
  const named = (target: string, module: string): boolean =>
    target.startsWith('re:')
      ? pattern(target.slice(3)).test(module)
      : module === target || module.endsWith(`.${target}`);
  return (module) => {
    const group =
      all.find(({ targets }) => targets.some((target) => named(target, module))) ??
      all.find(({ targets }) => targets.includes('Linear'));
    if (!group?.weights) throw unsupported(`compressed-tensors without a scheme for ${module}`);
    return packScheme(group.weights);
  };
}

function packScheme(weights: v.InferOutput<typeof Weights>): PackScheme {
  const {
    num_bits: bits,
    type,
    symmetric,
    strategy,
    group_size: groupSize,
    block_structure: block,
  } = weights;
  if (type !== 'int' && !(type === 'float' && bits === 8)) {
    throw unsupported(`compressed-tensors of ${bits}-bit ${type}`);
  }
  if (type === 'int' && strategy !== 'group' && strategy !== 'channel') {
    throw unsupported(`compressed-tensors by ${strategy ?? 'an unnamed strategy'}`);
  }
  const groupCols = strategy === 'group' ? wholeRow(groupSize) : Infinity;
  return { bits, symmetric, groupCols, block: Array.isArray(block) ? block : null };
}

function pattern(source: string): RegExp {
  try {
    // Python's re.match begins at the start.
    return new RegExp(`^(?:${source})`);
  } catch (error) {
    throw new AppError('UNSUPPORTED_TYPE', `config.json names modules by ${source}`, { type: source }, error);
  }
}

/** Settings for all modules, and others under the names of some. */
function readMlx(settings: Settings): Quantisation {
  const scheme = ({ bits, group_size: groupSize, mode }: Settings): MlxScheme => ({
    bits: bits ?? 4,
    groupCols: groupSize ?? 64,
    mode: mode ?? 'affine',
  });
  const base = scheme(settings);
  return {
    method: 'mlx',
    schemeOf: (module) => {
      const own = v.safeParse(Settings, settings[module]);
      // A module's own settings are affine unless they say otherwise, as mlx-lm reads them.
      return own.success ? scheme({ ...settings, mode: null, ...own.output }) : base;
    },
  };
}

export function unsupported(type: string, tensor?: string): AppError {
  const what = tensor === undefined ? "the model's weights are" : `tensor ${tensor} is`;
  return new AppError('UNSUPPORTED_TYPE', `${what} packed as ${type}, which is not read here`, {
    type,
    ...(tensor === undefined ? {} : { tensor }),
  });
}
