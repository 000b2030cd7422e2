/** Other spellings of the same model: MLX's, and GGUF's before latent attention was absorbed. */
import { expect, test } from 'vitest';
import {
  directoryOf,
  expectWhole,
  fileTensor,
  ggufFiles as gguf,
  ggufMetadata,
  hubFiles as hub,
  recordedDirectory,
  recordedModel,
  shapeOf,
} from '../tools/recordedModels.ts';
import type { RecordedModel, RecordedTensor } from '../tools/recordedModels.ts';
import { specFromConfig, specFromGguf } from './index.ts';

/** As mlx-lm's sanitize() of each family saves: experts stacked, gate and up apart, kv_b cut, taps in the middle. */
function asMlx(
  tensors: readonly RecordedTensor[],
  { attention }: RecordedModel['layers'][number],
): RecordedTensor[] {
  const [nope, value] = [Number(attention['nopeDim']), Number(attention['valueDim'])];
  return tensors.flatMap(({ name, shape, each = 1 }): RecordedTensor[] => {
    const [first = 1, second = 1, third = 1] = shape;
    const renamed = name.replace(
      /\.w([123])\./,
      (_, n: string) => `.${['gate', 'down', 'up'][Number(n) - 1]!}_proj.`,
    );
    const half = (part: string, of: readonly number[]) => ({
      name: name.replace(/gate_up_proj|input_linear/, part),
      shape: of,
    });
    if (each > 1) return [{ name: renamed.replace('experts.{E}', 'switch_mlp'), shape: [each, ...shape] }];
    if (name.endsWith('gate_up_proj'))
      return ['gate', 'up'].map((part) => half(`${part}_proj.weight`, [first, third / 2, second]));
    if (name.endsWith('gate_up_proj_bias')) {
      return ['gate', 'up'].map((part) => ({
        name: name.replace('gate_up_proj_bias', `${part}_proj.bias`),
        shape: [first, second / 2],
      }));
    }
    if (name.endsWith('down_proj')) return [{ name: `${name}.weight`, shape: [first, third, second] }];
    if (name.endsWith('down_proj_bias')) return [{ name: name.replace('_proj_bias', '_proj.bias'), shape }];
    if (name.includes('input_linear'))
      return ['gate', 'up'].map((part) => half(`switch_mlp.${part}_proj`, [first, second / 2, third]));
    if (name.includes('output_linear'))
      return [{ name: name.replace('output_linear', 'switch_mlp.down_proj'), shape }];
    if (name.includes('kv_b_proj')) {
      const heads = first / (nope + value);
      return [
        { name: name.replace('kv_b_proj', 'embed_q'), shape: [heads, second, nope] },
        { name: name.replace('kv_b_proj', 'unembed_out'), shape: [heads, value, second] },
      ];
    }
    return [{ name: renamed, shape: name.includes('conv.conv') ? [first, third, second] : shape }];
  });
}

test.each([
  'Mixtral-8x7B-v0.1',
  'granite-3.1-1b-a400m',
  'Qwen3-30B-A3B',
  'gpt-oss-20b',
  'GLM-4.7-Flash',
  'LFM2-8B-A1B',
])('%s as MLX names its tensors is the same', (title) => {
  const one = recordedModel(title);
  const tensors = asMlx(one.tensors, one.layers[0]!);
  const mlx = specFromConfig(one.config, recordedDirectory(tensors));
  const fromHub = specFromConfig(one.config, hub(one));
  expect(mlx.spec).toEqual(fromHub.spec);
  expect(mlx.recipes.map(shapeOf)).toEqual(fromHub.recipes.map(shapeOf));
  expectWhole(mlx.recipes, tensors);
});

test('GGUF from before latent attention was absorbed gives the same', async () => {
  const one = recordedModel('DeepSeek-V2-Lite');
  const { heads, nopeDim, ropeDim, valueDim, kvRank } = one.layers[0]!.attention as unknown as Readonly<
    Record<string, number>
  >;
  const metadata = ggufMetadata(one);
  const old = Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.endsWith('_mla')));
  const sizes = {
    'deepseek2.attention.key_length': nopeDim! + ropeDim!,
    'deepseek2.attention.value_length': valueDim!,
    'deepseek2.attention.head_count_kv': heads!,
  };
  const kvB = [0, 1].map((layer) =>
    fileTensor(`blk.${layer}.attn_kv_b.weight`, [heads! * (nopeDim! + valueDim!), kvRank!]),
  );
  const others = [...gguf(one).tensors.values()].filter(({ name }) => !/attn_[kv]_b/.test(name));
  const before = await specFromGguf({ ...old, ...sizes }, directoryOf([...others, ...kvB]));
  const now = await specFromGguf(metadata, gguf(one));
  expect(before.spec).toEqual(now.spec);
  expect(before.recipes.map(shapeOf)).toEqual(now.recipes.map(shapeOf));
});
