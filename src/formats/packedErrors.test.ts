import { describe, expect, test } from 'vitest';
import { concat } from '../base/bytes.ts';
import type { AppError } from '../base/failure.ts';
import { memorySource, u64 } from '../tools/modelBytes.ts';
import { decodeSlice, openSafetensors, repackSlice, sliceRanges, wholeSlice } from './index.ts';

const SIZES: Readonly<Record<string, number>> = { F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2 };

type Tensors = Readonly<Record<string, readonly [dtype: string, ...shape: number[]]>>;

/** A file of zeros with these tensors. */
function file(tensors: Tensors, data?: Uint8Array) {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, [dtype, ...shape]]) => {
      const from = at;
      at += shape.reduce((product, size) => product * size, SIZES[dtype] ?? 1);
      return [name, { dtype, shape, data_offsets: [from, at] }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  return memorySource('hand', concat([u64(text.length), text, data ?? new Uint8Array(at)]));
}

async function failure(tensors: Tensors, settings: unknown, name = 'quantization_config'): Promise<AppError> {
  return openSafetensors([file(tensors)], undefined, undefined, { [name]: settings }).then(
    () => expect.unreachable(),
    (error: AppError) => error,
  );
}

const GPTQ = { quant_method: 'gptq', bits: 4, group_size: 32, desc_act: false };
const gptq: Tensors = {
  'x.qweight': ['I32', 8, 16],
  'x.scales': ['F16', 2, 16],
  'x.qzeros': ['I32', 2, 2],
  'x.g_idx': ['I32', 64],
};
const AWQ = { quant_method: 'awq', bits: 4, group_size: 32, version: 'gemm' };
const FP8 = { quant_method: 'fp8', weight_block_size: [128, 128] };
const fp8: Tensors = { 'x.weight': ['F8_E4M3', 130, 256], 'x.weight_scale_inv': ['F32', 2, 2] };
const compressed = (weights: object) => ({
  quant_method: 'compressed-tensors',
  config_groups: {
    group_0: {
      targets: ['Linear'],
      weights: { num_bits: 4, type: 'int', symmetric: true, strategy: 'group', group_size: 32, ...weights },
    },
  },
});
const ct: Tensors = { 'x.weight_packed': ['I32', 4, 8], 'x.weight_scale': ['F16', 4, 2] };
const MLX = { bits: 4, group_size: 32 };
const mlx: Tensors = {
  'x.weight': ['U32', 4, 8],
  'x.scales': ['F16', 4, 2],
  'x.biases': ['F16', 4, 2],
};
const MXFP4 = { quant_method: 'mxfp4' };
const mxfp4: Tensors = { x_blocks: ['U8', 2, 4, 2, 16], x_scales: ['U8', 2, 4, 2] };

function without(tensors: Tensors, name: string): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name));
}

describe('a piece that is absent is named', () => {
  const absent: readonly (readonly [string, Tensors, unknown])[] = [
    ['x.scales', gptq, GPTQ],
    ['x.qzeros', { ...gptq, 'x.qweight': ['I32', 64, 2] }, AWQ],
    ['x.weight_scale_inv', fp8, FP8],
    ['x.weight_scale', ct, compressed({})],
    ['x.weight_zero_point', ct, compressed({ symmetric: false })],
    ['x.scales', mlx, MLX],
    ['x.biases', mlx, MLX],
    ['x_scales', mxfp4, MXFP4],
  ];
  test.each(absent)('%s', async (name, tensors, settings) => {
    const error = await failure(without(tensors, name), settings);
    expect([error.code, error.detail['tensor']]).toEqual(['MISSING_TENSOR', name]);
  });
});

describe('a piece of the wrong shape is named', () => {
  const wrong: readonly (readonly [string, Tensors, unknown, Tensors])[] = [
    ['x.scales', gptq, GPTQ, { 'x.scales': ['F16', 1, 16] }],
    ['x.qzeros', gptq, GPTQ, { 'x.qzeros': ['I32', 2, 16] }],
    ['x.g_idx', gptq, GPTQ, { 'x.g_idx': ['I32', 32] }],
    ['x.weight_scale_inv', fp8, FP8, { 'x.weight_scale_inv': ['F32', 1, 2] }],
    ['x.weight_scale', ct, compressed({}), { 'x.weight_scale': ['F16', 4, 1] }],
    ['x.weight_zero_point', ct, compressed({ symmetric: false }), { 'x.weight_zero_point': ['I32', 4, 2] }],
    ['x.biases', mlx, MLX, { 'x.biases': ['F16', 4, 1] }],
    ['x_scales', mxfp4, MXFP4, { x_scales: ['U8', 2, 4, 1] }],
    ['x_blocks', mxfp4, MXFP4, { x_blocks: ['U8', 2, 4, 2, 8] }],
  ];
  test.each(wrong)('%s', async (name, tensors, settings, change) => {
    const error = await failure({ ...tensors, ...change }, settings);
    expect([error.code, error.detail['tensor']]).toEqual(['BAD_DIMENSIONS', name]);
  });
});

describe('what is not read here is named', () => {
  const unread: readonly (readonly [string, Tensors, unknown])[] = [
    ['bitsandbytes', gptq, { quant_method: 'bitsandbytes' }],
    ['gptq with 8 bits', gptq, { ...GPTQ, bits: 8 }],
    ['gptq in its marlin order', gptq, { ...GPTQ, checkpoint_format: 'marlin' }],
    ['awq in its gemv order', gptq, { ...AWQ, version: 'GEMV' }],
    ['groups of 48, not a multiple of 32', gptq, { ...GPTQ, group_size: 48 }],
    ['qweight under none', gptq, null],
    ['compressed-tensors of 8 bits', ct, compressed({ num_bits: 8 })],
    ['compressed-tensors of 4-bit float', ct, compressed({ type: 'float' })],
    ['compressed-tensors by tensor', ct, compressed({ strategy: 'tensor' })],
    ["MLX's affine of 3 bits", mlx, { ...MLX, bits: 3 }],
    ["MLX's nvfp4 of 4 bits", mlx, { ...MLX, mode: 'nvfp4' }],
  ];
  test.each(unread)('%s', async (type, tensors, settings) => {
    const error = await failure(tensors, settings);
    expect([error.code, error.detail['type']]).toEqual(['UNSUPPORTED_TYPE', type]);
  });
});

test('a quantisation under another name, or of the text model alone, is found', async () => {
  const open = (config: unknown) => openSafetensors([file(mlx)], undefined, undefined, config);
  for (const config of [{ quantization: MLX }, { text_config: { quantization_config: MLX } }]) {
    const { tensors } = await open(config);
    expect(tensors.get('x.weight')).toMatchObject({ type: 'MLX_INT4', rows: 4, cols: 64 });
  }
});

test("compressed-tensors' groups go by pattern and name before class", async () => {
  const of = (targets: string[], num_bits: number) => ({
    targets,
    weights: { num_bits, type: 'int', strategy: 'group', group_size: 32 },
  });
  const settings = {
    quant_method: 'compressed-tensors',
    config_groups: { a: of(['Linear'], 8), b: of(['re:.*experts.*'], 4), c: of(['m.y'], 4) },
  };
  const names = ['m.experts.0', 'm.y', 'm.z'];
  const tensors = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.weight_packed`, ['I32', 4, 8]],
      [`${name}.weight_scale`, ['F16', 4, 2]],
    ]),
  ) as Tensors;
  expect((await failure(tensors, settings)).detail['tensor']).toBe('m.z.weight_packed');
});

test('bfloat16 scales with zero points that no half holds are refused when they are read', async () => {
  const tensors: Tensors = {
    'x.weight_packed': ['I32', 8, 4],
    'x.weight_scale': ['BF16', 8, 1],
    'x.weight_zero_point': ['I32', 1, 1],
  };
  const data = new Uint8Array(128 + 16 + 4);
  // 2^20, past the largest half.
  new DataView(data.buffer).setUint16(128 + 6, 0x4980, true);
  const config = { quantization_config: compressed({ symmetric: false }) };
  const directory = await openSafetensors([file(tensors, data)], undefined, undefined, config);
  const read = async (first: number, rows: number) => {
    const slice = { ...wholeSlice(directory.tensors.get('x.weight')!), first, rows };
    const bytes = await Promise.all(
      sliceRanges(slice).map(({ source, offset, length }) => source.read(offset, length)),
    );
    return { slice, bytes };
  };
  const fine = await read(0, 3);
  expect(decodeSlice(fine.slice, fine.bytes)).toEqual(new Float32Array(96));
  const { slice, bytes } = await read(0, 4);
  const out = { quants: new Uint8Array(64), scales: new Uint8Array(16) };
  expect(() => repackSlice(slice, bytes, out)).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_TYPE',
      detail: expect.objectContaining({ tensor: 'x.weight' }),
    }),
  );
});
