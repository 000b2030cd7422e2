/** The weights of the plain forward pass, read and dequantised once, from a model's files. */
import { decodeSlice, sliceRanges, wholeSlice, type TensorDirectory } from '../formats/index.ts';
import type { TensorRecipe } from '../models/index.ts';
import type { PlainWeights } from './plain.ts';

/** What is stored apart where layouts differ, and read as one by the plain pass: the ways it may be cut. */
const FUSED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  qkv: [
    ['qk', 'v'],
    ['q', 'kv'],
    ['q', 'k', 'v'],
  ],
  qkvA: [['qA', 'kvA']],
  gateUp: [['gate', 'up']],
};

/** Every tensor of the recipes, held in memory as f32. */
export async function readPlainWeights(
  recipes: readonly TensorRecipe[],
  directory: TensorDirectory,
): Promise<PlainWeights> {
  const held = new Map<string, Float32Array>();
  for (const recipe of recipes) held.set(recipe.name, await readTensor(recipe, directory));
  return plainWeightsOf(held);
}

/** Tensors [rows, cols] by their stored names, joined as they are first asked for as one. */
export function plainWeightsOf(held: Map<string, Float32Array>): PlainWeights {
  return (name) => {
    const tensor = held.get(name) ?? fuse(name, held);
    held.set(name, tensor);
    return tensor;
  };
}

/** '3.qkv' from 3.qk and 3.v, rows one after the other. */
function fuse(name: string, held: ReadonlyMap<string, Float32Array>): Float32Array {
  const [layer = '', role = ''] = name.split('.');
  for (const cut of FUSED[role] ?? []) {
    const parts = cut.flatMap((part) => held.get(`${layer}.${part}`) ?? []);
    if (parts.length === cut.length) return join(parts);
  }
  throw new Error(`no tensor ${name}, whole or in parts`);
}

async function readTensor(recipe: TensorRecipe, { tensors }: TensorDirectory): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const part of recipe.parts) {
    const file = tensors.get(part.tensor);
    if (file === undefined) throw new Error(`no tensor ${part.tensor} in the file`);
    const { rows, block = 0, turned = false, first = 0, step = 1, firstCol = 0, add = 0 } = part;
    const vectorCols = turned ? 1 : file.cols;
    const cols = recipe.kind === 'vector' ? vectorCols : recipe.cols;
    const cut = turned || [part.block, part.first, part.step, part.firstCol].some((at) => at !== undefined);
    const isWhole = recipe.kind === 'vector' && !cut;
    const slice = isWhole ? wholeSlice(file) : { file, block, turned, first, step, rows, firstCol, cols };
    const bytes = await Promise.all(
      sliceRanges(slice).map(({ source, offset, length }) => source.read(offset, length)),
    );
    const values = decodeSlice(slice, bytes);
    parts.push(add === 0 ? values : values.map((value) => value + add));
  }
  return join(parts);
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
