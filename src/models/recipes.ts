/**
 * Which file tensors make up each graph tensor, every one of them found in the
 * directory with the shape the spec needs. A tensor of a layer that nothing uses
 * means the graph is not the model's: that is refused rather than run wrong.
 */
import { AppError } from '../base/failure.ts';
import type { FileTensor, TensorDirectory } from '../formats/index.ts';
import { unsupported } from './families/all.ts';
import type { TensorNames, TensorRole } from './families/family.ts';
import type { ModelSpec, TensorPart, TensorRecipe } from './spec.ts';

export interface NamedTensors {
  readonly directory: TensorDirectory;
  readonly names: TensorNames;
  /** Before the names of everything but the head. */
  readonly prefix: string;
}

/** The file's name of a tensor. */
export function fileName({ names, prefix }: NamedTensors, role: TensorRole, layer = 0): string {
  return (role === 'head' ? '' : prefix) + names[role].replace('{L}', String(layer));
}

export function findTensor(named: NamedTensors, role: TensorRole, layer?: number): FileTensor | undefined {
  return named.directory.tensors.get(fileName(named, role, layer));
}

/** MISSING_TENSOR { tensor }, BAD_DIMENSIONS { tensor, … }, UNSUPPORTED_FAMILY { family, tensor }. */
export function tensorRecipes(spec: ModelSpec, named: NamedTensors, normOffset: number): TensorRecipe[] {
  const used = new Set<string>();
  const part = (role: TensorRole, rows: number, cols: number, layer?: number): FileTensor => {
    const name = fileName(named, role, layer);
    used.add(name);
    return requireShape(named.directory, name, rows, cols);
  };
  const recipes: TensorRecipe[] = [];
  const matrix = (name: string, cols: number, parts: readonly FileTensor[]): void => {
    recipes.push({ name, rows: sum(parts.map(({ rows }) => rows)), cols, kind: 'matrix', parts: parts.map(partOf) });
  };
  /** One matrix where the parts' layouts allow, else one for each under its own name. */
  const fused = (layer: number, name: string, cols: number, parts: readonly (readonly [string, FileTensor])[]): void => {
    const tensors = parts.map(([, tensor]) => tensor);
    if (tensors.every(({ layout }) => layout === tensors[0]!.layout)) matrix(`${layer}.${name}`, cols, tensors);
    else for (const [own, tensor] of parts) matrix(`${layer}.${own}`, cols, [tensor]);
  };
  const vector = (name: string, parts: readonly FileTensor[], add = 0): void => {
    recipes.push({
      name, rows: 1, cols: sum(parts.map(({ cols }) => cols)), kind: 'vector',
      parts: parts.map((tensor) => (add === 0 ? partOf(tensor) : { ...partOf(tensor), add })),
    });
  };

  const { hidden, vocab } = spec;
  matrix('embed', hidden, [part('embed', vocab, hidden)]);
  if (!spec.tiedHead) matrix('head', hidden, [part('head', vocab, hidden)]);
  vector('norm', [part('norm', 1, hidden)], normOffset);
  spec.layers.forEach(({ attention, ffn, postNorms }, layer) => {
    const of = (role: TensorRole, rows: number, cols: number): FileTensor => part(role, rows, cols, layer);
    const norm = (name: 'attnNorm' | 'attnPostNorm' | 'ffnNorm' | 'ffnPostNorm'): void =>
      vector(`${layer}.${name}`, [of(name, 1, hidden)], normOffset);
    const queries = attention.heads * attention.headDim;
    const keys = attention.kvHeads * attention.headDim;
    norm('attnNorm');
    fused(layer, 'qkv', hidden, [['q', of('q', queries, hidden)], ['k', of('k', keys, hidden)], ['v', of('v', keys, hidden)]]);
    if (attention.qkvBias) vector(`${layer}.qkvBias`, [of('qBias', 1, queries), of('kBias', 1, keys), of('vBias', 1, keys)]);
    if (attention.qkNorm) {
      vector(`${layer}.qNorm`, [of('qNorm', 1, attention.headDim)], normOffset);
      vector(`${layer}.kNorm`, [of('kNorm', 1, attention.headDim)], normOffset);
    }
    matrix(`${layer}.out`, queries, [of('out', hidden, queries)]);
    if (attention.outBias) vector(`${layer}.outBias`, [of('outBias', 1, hidden)]);
    if (postNorms) norm('attnPostNorm');
    norm('ffnNorm');
    fused(layer, 'gateUp', hidden, [['gate', of('gate', ffn.inner, hidden)], ['up', of('up', ffn.inner, hidden)]]);
    matrix(`${layer}.down`, ffn.inner, [of('down', hidden, ffn.inner)]);
    if (postNorms) norm('ffnPostNorm');
  });
  refuseUnused(spec, named, used);
  return recipes;
}

/** Buffers some exporters write beside the weights; the spec has what they say. */
const NOT_WEIGHTS = /rotary_emb\.inv_freq$/;

function refuseUnused(spec: ModelSpec, named: NamedTensors, used: ReadonlySet<string>): void {
  const layerPrefix = named.prefix + named.names.attnNorm.split('{L}')[0]!;
  for (const name of named.directory.tensors.keys()) {
    if (name.startsWith(layerPrefix) && !used.has(name) && !NOT_WEIGHTS.test(name)) {
      throw unsupported(spec.family, `with a tensor ${name}`);
    }
  }
}

function requireShape({ tensors }: TensorDirectory, name: string, rows: number, cols: number): FileTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new AppError('MISSING_TENSOR', `the model has no tensor ${name}`, { tensor: name });
  if (tensor.rows !== rows || tensor.cols !== cols) {
    throw new AppError(
      'BAD_DIMENSIONS',
      `tensor ${name} is ${tensor.rows} x ${tensor.cols}, not ${rows} x ${cols}`,
      { tensor: name, rows: tensor.rows, cols: tensor.cols, neededRows: rows, neededCols: cols },
    );
  }
  return tensor;
}

function partOf({ name, rows }: FileTensor): TensorPart {
  return { tensor: name, rows };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
