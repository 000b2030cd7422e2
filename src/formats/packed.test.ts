import { describe, expect, test } from 'vitest';
import { memorySource } from '../tools/modelBytes.ts';
import { dequantiseRows } from './dequantise.ts';
import fixture from './fixtures/packedFormats.json' with { type: 'json' };
import { type FileTensor, openSafetensors } from './index.ts';
import { quantBytes, scaleBytes, type WeightLayout } from './layouts.ts';
import type { Planes } from './repack.ts';
import {
  cutSlice,
  decodeSlice,
  placeColumns,
  repackSlice,
  type RowSlice,
  sliceLayout,
  sliceRanges,
  wholeSlice,
} from './slices.ts';

interface Expected {
  readonly type: string;
  readonly layout: string;
  readonly blocks: number;
  readonly rows: number;
  readonly cols: number;
  readonly values: string;
}
interface Case {
  readonly name: string;
  readonly file: FileTensor;
  readonly expected: Expected;
  /** As numpy has them, [rows, cols]. */
  readonly values: Float32Array;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function recorded(name: string) {
  return fixture.cases.find((each) => each.name === name)!;
}

function open({ config, file }: { readonly config: unknown; readonly file: string }) {
  return openSafetensors([memorySource('packed', bytesOf(file))], undefined, undefined, config);
}

const refused = ['gptq reordered'];
const cases: readonly Case[] = (
  await Promise.all(
    fixture.cases
      .filter(({ name }) => !refused.includes(name))
      .map(async (each) => {
        const { tensors } = await open(each);
        return Object.entries(each.tensors as Record<string, Expected>).map(([key, expected]) => ({
          name: each.name,
          file: tensors.get(key)!,
          expected,
          values: new Float32Array(bytesOf(expected.values).buffer),
        }));
      }),
  )
).flat();
const named = cases.map((each) => [each.name, each] as const);

async function read(slice: RowSlice): Promise<Uint8Array[]> {
  return Promise.all(sliceRanges(slice).map(({ source, offset, length }) => source.read(offset, length)));
}

function rubbish(layout: WeightLayout, rows: number, cols: number): Planes {
  return {
    quants: new Uint8Array(quantBytes(layout, rows, cols)).fill(0xa5),
    scales: new Uint8Array(scaleBytes(layout, rows, cols)).fill(0xa5),
  };
}

/** The slice's definition, element by element. */
function part({ values, file }: Case, slice: RowSlice): Float32Array {
  const { block, turned, first, step, rows, firstCol, cols } = slice;
  const base = (block * file.rows) / file.blocks;
  return Float32Array.from({ length: rows * cols }, (_, i) => {
    const row = first + Math.floor(i / cols) * step;
    const col = firstCol + (i % cols);
    return values[turned ? (base + col) * file.cols + row : (base + row) * file.cols + col]!;
  });
}

/** q4b's s*8 - 8s is +0 where s*(8 - 8) is -0, and what pads a row has either sign. */
function unsigned(values: Float32Array): Float32Array {
  return values.map((value) => value + 0);
}

/** Decoded, and repacked into its layout, a slice is what numpy says; what pads it is zero. */
async function check(known: Case, change: Partial<RowSlice>, layout: string): Promise<void> {
  const slice = { ...wholeSlice(known.file), ...change };
  const { rows, cols } = slice;
  const bytes = await read(slice);
  const expected = part(known, slice);
  expect(unsigned(decodeSlice(slice, bytes))).toEqual(unsigned(expected));
  expect(sliceLayout(slice)).toBe(layout);
  const out = rubbish(sliceLayout(slice), rows, cols);
  repackSlice(slice, bytes, out);
  const width = Math.ceil(cols / 32) * 32;
  const means = dequantiseRows(sliceLayout(slice), out.quants, out.scales, rows, width);
  const padded = new Float32Array(rows * width);
  for (let r = 0; r < rows; r += 1) padded.set(expected.subarray(r * cols, (r + 1) * cols), r * width);
  expect(unsigned(means)).toEqual(unsigned(padded));
}

test('the fixture has every packed type', () => {
  expect(new Set(cases.map(({ file }) => file.type))).toEqual(
    new Set(['FP8', 'MXFP4_PAIRS', 'GPTQ_INT4', 'AWQ_INT4', 'CT_INT4', 'MLX_INT4', 'MLX_INT8']),
  );
});

describe.each(named)('%s', (_, known) => {
  const { file, expected } = known;

  test('is one matrix of its own shape', () => {
    const { type, layout, blocks, rows, cols } = expected;
    expect(file).toMatchObject({ type, layout, blocks, rows, cols });
  });

  test('means what numpy says, decoded and repacked', async () => {
    await check(known, {}, expected.layout);
  });

  test('so do some of its rows, and every third', async () => {
    await check(known, { first: 1, rows: 3 }, expected.layout);
    const rows = Math.floor((file.rows - 3) / 3) + 1;
    await check(known, { first: 2, step: 3, rows }, expected.layout);
  });

  test('its columns, turned too, as f32 where a group is cut', async () => {
    await check(known, { rows: 2, firstCol: 3, cols: file.cols - 5 }, 'f32');
    const block = file.blocks - 1;
    const lines = file.rows / file.blocks;
    const turned = { block, turned: true, first: 1, step: 2, rows: 9, firstCol: 1, cols: lines - 2 };
    await check(known, turned, 'f32');
  });

  test('put together again from strips', async () => {
    const slice = wholeSlice(file);
    const { rows, cols } = slice;
    const layout = sliceLayout(slice);
    const whole = rubbish(layout, rows, cols);
    repackSlice(slice, await read(slice), whole);
    const strips = cutSlice(slice, 100);
    expect(strips.length).toBeGreaterThan(1);
    const out = rubbish(layout, rows, cols);
    for (const strip of strips) {
      const planes = rubbish(layout, strip.rows, strip.cols);
      repackSlice(strip, await read(strip), planes);
      if (strip.cols < cols) {
        const { firstCol } = strip;
        placeColumns(layout, { planes, firstCol, cols: strip.cols }, { planes: out, rows, cols });
      } else {
        out.quants.set(planes.quants, quantBytes(layout, strip.first, cols));
        out.scales.set(planes.scales, scaleBytes(layout, strip.first, cols));
      }
    }
    expect(out).toEqual(whole);
  });
});

test('whole groups of columns keep their layout', async () => {
  const of = (name: string): Case => cases.find((each) => each.name === name)!;
  await check(of('mxfp4'), { block: 1, rows: 6, firstCol: 32, cols: 64 }, 'f4e');
  await check(of('gptq, first version'), { first: 5, rows: 7, firstCol: 64, cols: 32 }, 'q4z');
  await check(of('awq'), { first: 3, step: 5, rows: 4, firstCol: 32, cols: 64 }, 'q4z');
  await check(
    of('compressed-tensors with zero points'),
    { first: 6, rows: 5, firstCol: 32, cols: 64 },
    'q4z',
  );
  await check(of('compressed-tensors by row, odd'), { rows: 2, firstCol: 32, cols: 40 }, 'q4b');
  await check(of('mlx, halves'), { rows: 2, firstCol: 32, cols: 64 }, 'q4m');
  await check(of('fp8 8x256, e8m0'), { first: 7, rows: 4, firstCol: 128, cols: 172 }, 'f8b');
});

test('what stands beside packed tensors is there, their pieces are not', async () => {
  const { tensors } = await open(recorded('gptq, symmetric'));
  expect([...tensors.keys()].sort()).toEqual(['norm.weight', 'x.bias', 'x.weight']);
  const experts = await open(recorded('mxfp4'));
  expect([...experts.tensors.keys()].sort()).toEqual([
    'experts.gate_up_proj',
    'experts.gate_up_proj_bias',
    'norm.weight',
  ]);
});

test('inputs in another order are refused when they are read', async () => {
  const { tensors } = await open(recorded('gptq reordered'));
  const slice = wholeSlice(tensors.get('x.weight')!);
  const bytes = await read(slice);
  expect(() => decodeSlice(slice, bytes)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_TYPE', message: expect.stringContaining('desc_act') }),
  );
});
