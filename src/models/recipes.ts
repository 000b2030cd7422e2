/**
 * Which file tensors make up each graph tensor, every one of them found in the
 * directory with the shape the spec needs. A tensor of a layer that nothing uses
 * means the graph is not the model's: that is refused rather than run wrong.
 */
import { AppError } from '../base/failure.ts';
import type { FileTensor, TensorDirectory } from '../formats/index.ts';
import { unsupported } from './families/all.ts';
import type { TensorNames, TensorRole } from './families/family.ts';
import type { LayerSpec, ModelSpec, TensorPart, TensorRecipe } from './spec.ts';

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
  const book = openBook(named, normOffset);
  const { hidden, vocab } = spec;
  book.matrix('embed', [book.file('embed', vocab, hidden)]);
  if (!spec.tiedHead) book.matrix('head', [book.file('head', vocab, hidden)]);
  book.norm('norm', book.file('norm', 1, hidden));
  spec.layers.forEach((layer, index) => writeLayer(book, layer, index, hidden));
  refuseUnused(spec, named, book.used);
  return book.recipes;
}

function writeLayer(
  book: Book,
  { attention, ffn, postNorms }: LayerSpec,
  index: number,
  hidden: number,
): void {
  const queries = attention.heads * attention.headDim;
  const keys = attention.kvHeads * attention.headDim;
  const file = (role: TensorRole, rows: number, cols: number): FileTensor =>
    book.file(role, rows, cols, index);
  const norm = (role: TensorRole, cols = hidden): void => book.norm(`${index}.${role}`, file(role, 1, cols));

  norm('attnNorm');
  book.fused(index, 'qkv', [
    ['q', file('q', queries, hidden)],
    ['k', file('k', keys, hidden)],
    ['v', file('v', keys, hidden)],
  ]);
  if (attention.qkvBias) {
    const biases = [file('qBias', 1, queries), file('kBias', 1, keys), file('vBias', 1, keys)];
    book.vector(`${index}.qkvBias`, biases);
  }
  if (attention.qkNorm) {
    norm('qNorm', attention.headDim);
    norm('kNorm', attention.headDim);
  }
  book.matrix(`${index}.out`, [file('out', hidden, queries)]);
  if (attention.outBias) book.vector(`${index}.outBias`, [file('outBias', 1, hidden)]);
  if (postNorms) norm('attnPostNorm');

  norm('ffnNorm');
  book.fused(index, 'gateUp', [
    ['gate', file('gate', ffn.inner, hidden)],
    ['up', file('up', ffn.inner, hidden)],
  ]);
  book.matrix(`${index}.down`, [file('down', hidden, ffn.inner)]);
  if (postNorms) norm('ffnPostNorm');
}

type Book = ReturnType<typeof openBook>;

/** Collects recipes, and which file tensors they use. */
function openBook(named: NamedTensors, normOffset: number) {
  const recipes: TensorRecipe[] = [];
  const used = new Set<string>();
  const matrix = (name: string, parts: readonly FileTensor[]): void => {
    const rows = sum(parts.map((part) => part.rows));
    recipes.push({ name, rows, cols: parts[0]!.cols, kind: 'matrix', parts: parts.map(partOf) });
  };
  const vector = (name: string, parts: readonly FileTensor[], add = 0): void => {
    const cols = sum(parts.map((part) => part.cols));
    const added = parts.map((part) => (add === 0 ? partOf(part) : { ...partOf(part), add }));
    recipes.push({ name, rows: 1, cols, kind: 'vector', parts: added });
  };
  return {
    recipes,
    used,
    matrix,
    vector,
    norm: (name: string, part: FileTensor): void => vector(name, [part], normOffset),
    /** One matrix where the parts' layouts allow, else one for each run of neighbours that share theirs. */
    fused(layer: number, whole: string, parts: readonly (readonly [string, FileTensor])[]): void {
      for (let first = 0; first < parts.length;) {
        const other = parts.findIndex(([, file], i) => i > first && file.layout !== parts[first]![1].layout);
        const run = parts.slice(first, other < 0 ? parts.length : other);
        const name = run.length === parts.length ? whole : run.map(([own]) => own).join('');
        matrix(
          `${layer}.${name}`,
          run.map(([, file]) => file),
        );
        first += run.length;
      }
    },
    file(role: TensorRole, rows: number, cols: number, layer?: number): FileTensor {
      const name = fileName(named, role, layer);
      used.add(name);
      return requireShape(named.directory, name, rows, cols);
    },
  };
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
  if (tensor === undefined)
    throw new AppError('MISSING_TENSOR', `the model has no tensor ${name}`, { tensor: name });
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
