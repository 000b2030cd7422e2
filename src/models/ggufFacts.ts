/** GGUF metadata → ModelFacts. Keys as in gguf-py's constants.py, meanings as llama.cpp reads them. */
import type { FileTensor, GgufMetadata, TensorDirectory } from '../formats/index.ts';
import { badDimension, LIMITS, positiveOf } from './bounds.ts';
import type { ModelFacts } from './facts.ts';
import { familyOfArchitecture, unsupported } from './families/all.ts';
import type { Family } from './families/family.ts';
import { ggufValues, ggufWord } from './ggufWords.ts';
import { reader } from './reader.ts';
import type { Reader } from './reader.ts';
import type { RopeFacts, RopeScaling } from './rope.ts';
import { yarnMagnitude } from './rope.ts';
import { sharedFacts } from './sharedFacts.ts';
import type { RopeReading } from './sharedFacts.ts';
import type { TemperatureSpec } from './spec.ts';

/** The tensor in which llama3-scaled files keep a divisor per frequency. */
const ROPE_DIVISORS = 'rope_freqs.weight';

export async function ggufFacts(metadata: GgufMetadata, directory: TensorDirectory): Promise<ModelFacts> {
  const named = metadata['general.architecture'];
  const architecture = typeof named === 'string' ? named : 'unnamed';
  const withExperts = Number(metadata[`${architecture}.expert_count`] ?? 0) > 0;
  const family = familyOfArchitecture(architecture, withExperts);
  const values = ggufValues(metadata, architecture);
  const read = reader(
    { ...family.gguf.defaults, ...family.gguf.inferred?.(values), ...values },
    (key) => `${architecture}.${ggufWord(key)}`,
  );
  if (family.window.kind === 'chunks' && read.get('sliding_window') === 0)
    throw unsupported(family.name, 'that attend to all tokens in every layer');
  const divisors = await readDivisors(directory);
  return sharedFacts({
    read,
    family,
    vocab: null,
    tiedHead: null,
    ropes: (channels) => ropeReading(read, family, channels, divisors),
  });
}

function ropeReading(
  read: Reader,
  family: Family,
  channels: number,
  divisors: readonly number[] | null,
): RopeReading {
  const theta = read.positive('rope_theta', 10_000);
  const dims = read.count('rope_dims', channels, channels);
  const scaling: RopeScaling = divisors === null ? ropeScaling(read, family) : { kind: 'divisors', divisors };
  const multiplier = logMultiplier(read);
  return {
    rope: { theta, dims, scaling },
    localRope: localRope(read, family, dims),
    latentScale: scaling.kind === 'yarn' ? yarnMagnitude(scaling.factor, multiplier) ** 2 : 1,
    temperature: temperatureOf(read),
  };
}

function localRope(read: Reader, { window }: Family, dims: number): RopeFacts | null {
  if (window.kind !== 'pattern' || window.localTheta === null) return null;
  return { theta: read.positive('rope_local_base_freq', window.localTheta), dims, scaling: { kind: 'none' } };
}

/** mscale_all_dim, of which the files keep a tenth; 0 where they are silent. */
function logMultiplier(read: Reader): number {
  const value = read.get('yarn_log_multiplier');
  return value === undefined ? 0 : positiveOf(read.name('yarn_log_multiplier'), value) * 10;
}

async function readDivisors(directory: TensorDirectory): Promise<number[] | null> {
  const tensor: FileTensor | undefined = directory.tensors.get(ROPE_DIVISORS);
  if (tensor === undefined) return null;
  if (tensor.type !== 'F32' || tensor.rows !== 1 || tensor.cols > LIMITS.headDim) {
    const found = `${tensor.type} ${tensor.rows} x ${tensor.cols}`;
    throw badDimension(ROPE_DIVISORS, found, 'one f32 value for each pair of channels is needed');
  }
  const bytes = await tensor.source.read(tensor.offset, tensor.rowBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: tensor.cols }, (_, i) => view.getFloat32(i * 4, true));
}

function temperatureOf(read: Reader): TemperatureSpec | null {
  if (read.get('llama_4_scaling_beta') === undefined) return null;
  const scale = read.positive('llama_4_scaling_beta');
  const span = read.get('temperature_length') ?? read.get('original_max_position_embeddings');
  return { scale, span: positiveOf(read.name('temperature_length'), span), offset: 0 };
}

function ropeScaling(read: Reader, family: Family): RopeScaling {
  const type = read.get('rope_type') ?? 'none';
  const factor = read.positive('rope_factor', 1);
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'linear':
      return { kind: 'linear', factor };
    case 'yarn': {
      const context = Number(read.get('max_position_embeddings'));
      return {
        kind: 'yarn',
        factor,
        originalContext: read.count('original_max_position_embeddings', LIMITS.context, context),
        betaFast: read.positive('beta_fast', 32),
        betaSlow: read.positive('beta_slow', 1),
        truncate: read.flag('truncate', true),
        // Files with a multiplier say nothing of mscale; their models have both equal, which cancel.
        amplitude: logMultiplier(read) > 0 ? 1 : yarnMagnitude(factor) * read.positive('rope_attn_factor', 1),
      };
    }
    default:
      throw unsupported(family.name, `with rope scaling ${JSON.stringify(type)}`);
  }
}
