/** The least that a decoded token must cost, from a manifest alone: what the programs are held to. */
import { quantBytes, scaleBytes } from '../formats/index.ts';
import type { LayerSpec } from '../models/index.ts';
import type { ModelManifest, TensorEntry } from '../storage/index.ts';

/** Bytes of the weights that take part: the chosen experts of each layer, one row of the embedding. */
export function activeWeightBytes({ spec, tensors }: Pick<ModelManifest, 'spec' | 'tensors'>): number {
  return tensors.reduce(
    (sum, tensor) => sum + bytesOf(tensor) * activeShare(tensor, spec.layers, spec.tiedHead),
    0,
  );
}

function bytesOf({ layout, rows, cols }: TensorEntry): number {
  return quantBytes(layout, rows, cols) + scaleBytes(layout, rows, cols);
}

function activeShare(
  { name, rows, experts }: TensorEntry,
  layers: readonly LayerSpec[],
  tied: boolean,
): number {
  if (name === 'embed') return tied ? 1 : 1 / rows;
  const ffn = layers[Number.parseInt(name, 10)]?.ffn;
  if (ffn?.kind !== 'moe') return 1;
  const pieces = ffn.shared?.pooled ?? 0;
  const ofExperts = experts !== undefined || /\.expert\w+Bias$/.test(name);
  return ofExperts ? (ffn.topK + pieces) / (ffn.experts + pieces) : 1;
}

/**
 * Dispatches: of grouped-query attention four, five with norms of whole rows; of latent
 * attention five, six where queries have a latent too; of a short convolution three; of
 * a dense network two, of experts three; one for each further tensor that a file stores
 * apart; around the layers four. So at most 6 for a dense layer, 8 with experts, 9 with
 * latents and experts.
 */
export function mostDispatches({ spec, tensors }: ModelManifest): number {
  const apart = tensors.filter(({ name }) => /\.(v|kv|up|kvA|sharedGateUp|sharedDown)$/.test(name)).length;
  return spec.layers.reduce(
    (sum, layer) => sum + ofAttention(layer) + (layer.ffn.kind === 'moe' ? 3 : 2),
    4 + apart,
  );
}

function ofAttention({ attention }: LayerSpec): number {
  switch (attention.kind) {
    case 'gqa':
      return attention.qkNorm === 'row' ? 5 : 4;
    case 'mla':
      return attention.qRank > 0 ? 6 : 5;
    case 'conv':
      return 3;
    default:
      return attention satisfies never;
  }
}
