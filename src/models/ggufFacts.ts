/** GGUF metadata → ModelFacts. Keys as in gguf-py's constants.py, meanings as llama.cpp reads them. */
import type { GgufMetadata, TensorDirectory } from '../formats/index.ts';
import { badDimension, countOf, LIMITS, positiveOf } from './bounds.ts';
import type { ModelFacts } from './facts.ts';
import { familyOfArchitecture, unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import type { RopeFacts, RopeScaling } from './rope.ts';
import { yarnMagnitude } from './rope.ts';

/** The tensor in which llama3-scaled files keep a divisor per frequency. */
const ROPE_DIVISORS = 'rope_freqs.weight';

export async function ggufFacts(metadata: GgufMetadata, directory: TensorDirectory): Promise<ModelFacts> {
  const architecture = metadata['general.architecture'];
  const family = familyOfArchitecture(typeof architecture === 'string' ? architecture : 'unnamed');
  const read = reader(metadata, String(architecture));
  if (Number(read.value('expert_count') ?? 0) > 0) throw unsupported(family.name, 'with experts');

  const hidden = read.count('embedding_length', LIMITS.hidden);
  const layers = read.count('block_count', LIMITS.layers);
  const heads = read.count('attention.head_count', LIMITS.heads);
  const headDim = read.count('attention.key_length', LIMITS.headDim, Math.floor(hidden / heads));
  const valueDim = read.count('attention.value_length', LIMITS.headDim, headDim);
  if (valueDim !== headDim)
    throw badDimension(read.key('attention.value_length'), valueDim, 'it must equal the key length');
  const span = family.gguf.attentionSpan?.({ layers, hidden, heads }) ?? headDim;
  const windows = windowFacts(family, read);
  return {
    family,
    hidden,
    layers,
    heads,
    headDim,
    vocab: null,
    kvHeads: read.count('attention.head_count_kv', LIMITS.heads, heads),
    inner: read.count('feed_forward_length', LIMITS.inner),
    contextLength: read.count('context_length', LIMITS.context),
    normEps: read.positive('attention.layer_norm_rms_epsilon'),
    attentionScale: read.positive('attention.scale', span ** -0.5),
    attentionSoftCap: softCap(read, 'attn_logit_softcapping'),
    logitSoftCap: softCap(read, 'final_logit_softcapping'),
    tiedHead: null,
    ...windows,
    ...(await ropeFacts(family, read, headDim, directory)),
  };
}

interface Reader {
  key(name: string): string;
  /** A value for all layers: an array of equal values counts as one. */
  value(name: string): unknown;
  count(name: string, max: number, fallback?: number): number;
  positive(name: string, fallback?: number): number;
}

function reader(metadata: GgufMetadata, architecture: string): Reader {
  const key = (name: string): string => `${architecture}.${name}`;
  const value = (name: string): unknown => {
    const found = metadata[key(name)];
    if (!Array.isArray(found)) return found;
    if (found.some((one) => one !== found[0]))
      throw badDimension(key(name), 'a list', 'it must be the same in all layers');
    return found[0];
  };
  return {
    key,
    value,
    count: (name, max, fallback) => countOf(key(name), value(name) ?? fallback, max),
    positive: (name, fallback) => positiveOf(key(name), value(name) ?? fallback),
  };
}

function softCap(read: Reader, name: string): number {
  return read.value(name) === undefined ? 0 : read.positive(name);
}

/** GGUF files of the other families say nothing of windows that llama.cpp heeds. */
function windowFacts({ window }: Family, read: Reader): Pick<ModelFacts, 'window' | 'isWindowed'> {
  if (window.kind !== 'pattern') return { window: 0, isWindowed: () => false };
  return {
    window: read.count('attention.sliding_window', LIMITS.context),
    isWindowed: (layer) => (layer + 1) % window.period !== 0,
  };
}

async function ropeFacts(
  family: Family,
  read: Reader,
  headDim: number,
  directory: TensorDirectory,
): Promise<Pick<ModelFacts, 'rope' | 'localRope'>> {
  const dims = read.count('rope.dimension_count', headDim, headDim);
  const divisors = await readDivisors(directory, dims);
  const scaling: RopeScaling =
    divisors === null ? ropeScaling(read, family.name) : { kind: 'divisors', divisors };
  const rope: RopeFacts = { theta: read.positive('rope.freq_base', 10_000), dims, scaling };
  const { window } = family;
  if (window.kind !== 'pattern') return { rope, localRope: null };
  const theta = read.positive('rope.freq_base_swa', window.localTheta);
  return { rope, localRope: { theta, dims, scaling: { kind: 'none' } } };
}

async function readDivisors(directory: TensorDirectory, dims: number): Promise<number[] | null> {
  const tensor = directory.tensors.get(ROPE_DIVISORS);
  if (tensor === undefined) return null;
  if (tensor.type !== 'F32' || tensor.rows !== 1 || tensor.cols !== dims / 2) {
    throw badDimension(
      ROPE_DIVISORS,
      `${tensor.type} ${tensor.rows} x ${tensor.cols}`,
      `${dims / 2} f32 values are needed`,
    );
  }
  const bytes = await tensor.source.read(tensor.offset, tensor.rowBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: tensor.cols }, (_, i) => view.getFloat32(i * 4, true));
}

function ropeScaling(read: Reader, family: string): RopeScaling {
  const type = read.value('rope.scaling.type') ?? 'none';
  const factor = read.positive('rope.scaling.factor', 1);
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'linear':
      return { kind: 'linear', factor };
    case 'yarn':
      return {
        kind: 'yarn',
        factor,
        originalContext: read.count(
          'rope.scaling.original_context_length',
          LIMITS.context,
          Number(read.value('context_length')),
        ),
        betaFast: read.positive('rope.scaling.yarn_beta_fast', 32),
        betaSlow: read.positive('rope.scaling.yarn_beta_slow', 1),
        truncate: true,
        amplitude: yarnMagnitude(factor) * read.positive('rope.scaling.attn_factor', 1),
      };
    default:
      throw unsupported(family, `with rope scaling ${JSON.stringify(type)}`);
  }
}
