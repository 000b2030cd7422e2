/** File tensors made by rule, for tests of the importer: each value says where it lies. */
import { f32ToBf16 } from '../base/floats.ts';
import { type ByteSource, type FileTensor, layoutOf, type TensorDirectory } from '../formats/index.ts';

export interface RuledTensor {
  readonly name: string;
  readonly type: 'F32' | 'BF16';
  /** 1 where not given. */
  readonly blocks?: number;
  /** Of all blocks together. */
  readonly rows: number;
  readonly cols: number;
  /** Of the row counted over all blocks. */
  readonly value: (row: number, col: number) => number;
}

export interface RuledFile {
  readonly directory: TensorDirectory;
  readonly source: ByteSource;
  /** Offset and length of each. */
  readonly reads: (readonly [offset: number, length: number])[];
}

/** The tensors one after the other in a source that makes its bytes when they are read. */
export function ruledFile(...ruled: readonly RuledTensor[]): RuledFile {
  const reads: (readonly [number, number])[] = [];
  const places: { tensor: RuledTensor; offset: number; width: number }[] = [];
  let size = 64;
  for (const tensor of ruled) {
    const width = tensor.type === 'F32' ? 4 : 2;
    places.push({ tensor, offset: size, width });
    size += tensor.rows * tensor.cols * width;
  }
  const source: ByteSource = {
    name: 'ruled',
    size,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      reads.push([offset, length]);
      const out = new Uint8Array(length);
      for (const place of places) fill(out, offset, place);
      return out;
    },
  };
  const files = places.map(({ tensor, offset, width }): [string, FileTensor] => {
    const { name, type, blocks = 1, rows, cols } = tensor;
    return [
      name,
      { name, type, layout: layoutOf(type), blocks, rows, cols, rowBytes: cols * width, source, offset },
    ];
  });
  return { directory: { tensors: new Map(files) }, source, reads };
}

function fill(
  out: Uint8Array,
  from: number,
  { tensor, offset, width }: { tensor: RuledTensor; offset: number; width: number },
): void {
  const { rows, cols, type, value } = tensor;
  const view = new DataView(out.buffer);
  // Reads of these tests begin and end between values.
  const first = Math.max(0, (from - offset) / width);
  const last = Math.min(rows * cols, (from + out.length - offset) / width);
  for (let i = first; i < last; i++) {
    const at = offset + i * width - from;
    const number = value(Math.floor(i / cols), i % cols);
    if (type === 'F32') view.setFloat32(at, number, true);
    else view.setUint16(at, f32ToBf16(number), true);
  }
}
