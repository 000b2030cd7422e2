/** What differs from layer to layer: what a layer attends to, whether it rotates, whether it has experts. */
import { badDimension, LIMITS } from './bounds.ts';
import type { LayerFacts } from './facts.ts';
import { unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import type { Reader } from './reader.ts';

type Mixes = LayerFacts['mixes'];

export function layerFacts(read: Reader, family: Family, layers: number): LayerFacts[] {
  const rotates = rotatingLayers(read, layers);
  const mixes = mixingLayers(read, family, layers, rotates);
  const sparse = sparseLayers(read, layers);
  return Array.from({ length: layers }, (_, layer) => ({
    mixes: mixes(layer),
    rotates: rotates(layer),
    sparse: sparse(layer),
  }));
}

const LAYER_TYPES: Readonly<Record<string, Mixes>> = {
  full_attention: 'full',
  sliding_attention: 'window',
  chunked_attention: 'chunk',
  conv: 'conv',
};

function mixingLayers(
  read: Reader,
  family: Family,
  layers: number,
  rotates: (layer: number) => boolean,
): (layer: number) => Mixes {
  const { window } = family;
  const listed =
    family.window.kind === 'all' || family.window.kind === 'never' ? null : listedTypes(read, family, layers);
  const windowed = read.get('sliding_window') !== undefined;
  const allowed = windowed && read.flag('use_sliding_window', true);
  if (listed !== null) return (layer) => (listed[layer] === 'window' && !allowed ? 'full' : listed[layer]!);
  switch (window.kind) {
    case 'never':
      return () => 'full';
    case 'all':
      return () => (allowed ? 'window' : 'full');
    case 'upper': {
      const first = read.countOrNone('max_window_layers', LIMITS.layers);
      return (layer) => (allowed && layer >= first ? 'window' : 'full');
    }
    case 'evenBelow': {
      const end = read.countOrNone('max_window_layers', LIMITS.layers);
      return (layer) => (allowed && layer % 2 === 0 && layer < end ? 'window' : 'full');
    }
    case 'pattern':
      return patternLayers(read, window.period);
    case 'unrotated':
      return (layer) => (allowed && !rotates(layer) ? 'window' : 'full');
    case 'chunks':
      return (layer) => (rotates(layer) ? 'chunk' : 'full');
    case 'listed':
      throw badDimension(read.name('layer_types'), undefined, 'a list of the layers is needed');
    default:
      return window satisfies never;
  }
}

/** All but each n-th layer, or a list of flags. */
function patternLayers(read: Reader, period: number): (layer: number) => Mixes {
  const flags = read.get('sliding_window_pattern');
  if (Array.isArray(flags)) return (layer) => (flags[layer] ? 'window' : 'full');
  const every = read.count('sliding_window_pattern', LIMITS.layers, period);
  return (layer) => ((layer + 1) % every === 0 ? 'full' : 'window');
}

function listedTypes(read: Reader, family: Family, layers: number): Mixes[] | null {
  const types = listFor(read, 'layer_types', layers);
  if (types === null) return listedAttention(read, layers);
  return types.map((type) => {
    const mixes = LAYER_TYPES[String(type)];
    if (mixes === undefined || !allowedIn(family, mixes))
      throw unsupported(family.name, `with layers of ${String(type)}`);
    return mixes;
  });
}

/** A convolution is no slip of a config but another graph: only a family that has them may. */
function allowedIn({ window }: Family, mixes: Mixes): boolean {
  if (mixes === 'conv') return window.kind === 'listed';
  return mixes !== 'chunk' || window.kind === 'chunks';
}

/** LFM2's older way: the layers that attend, by index. */
function listedAttention(read: Reader, layers: number): Mixes[] | null {
  const attending = read.list('full_attn_idxs');
  if (attending === null) return null;
  return Array.from({ length: layers }, (_, layer) => (attending.includes(layer) ? 'full' : 'conv'));
}

function rotatingLayers(read: Reader, layers: number): (layer: number) => boolean {
  const listed = listFor(read, 'no_rope_layers', layers);
  // The list's name notwithstanding, 1 is for the layers that rotate.
  if (listed !== null && listed.length > 0) return (layer) => Boolean(listed[layer]);
  const interval = read.countOrNone('no_rope_layer_interval', LIMITS.layers);
  return (layer) => interval === 0 || (layer + 1) % interval !== 0;
}

/** A list of the layers, or one or two of these keys, which together say no more than each alone. */
function sparseLayers(read: Reader, layers: number): (layer: number) => boolean {
  const denseFirst = Math.max(
    read.countOrNone('first_k_dense_replace', LIMITS.layers),
    read.countOrNone('num_dense_layers', LIMITS.layers),
  );
  const denseOnly = read.list('mlp_only_layers') ?? [];
  const step = read.count('decoder_sparse_step', LIMITS.layers, 1);
  const frequency = read.count('moe_layer_freq', LIMITS.layers, 1);
  const interleave = read.count('interleave_moe_layer_step', LIMITS.layers, 1);
  const chosen = read.list('moe_layers');
  const types = listFor(read, 'mlp_layer_types', layers);
  if (types !== null) return (layer) => types[layer] === 'sparse';
  return (layer) =>
    layer >= denseFirst &&
    !denseOnly.includes(layer) &&
    (layer + 1) % step === 0 &&
    layer % frequency === 0 &&
    (chosen === null ? (layer + 1) % interleave === 0 : chosen.includes(layer));
}

function listFor(read: Reader, key: string, layers: number): readonly unknown[] | null {
  const list = read.list(key);
  if (list !== null && list.length > 0 && list.length < layers)
    throw badDimension(read.name(key), `${list.length} long`, `${layers} are needed`);
  return list?.slice(0, layers) ?? null;
}
