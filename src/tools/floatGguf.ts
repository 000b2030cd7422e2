/**
 * A GGUF file again with every weight in f32. llama.cpp on a CPU rounds activations to
 * the type of the weights it multiplies them with; these it computes with in f32.
 */
import { decodeRows, openGguf, type ByteSource } from '../formats/index.ts';
import { alignUp, concat } from '../base/bytes.ts';

const ALIGNMENT = 32;
const F32 = 0;
/** Bytes of the metadata types by id; 8 is a string, 9 an array. */
const SCALAR_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const U32 = 4;

/** `more`: keys to add, as u32. The file is one of our own making: nothing of it is checked. */
export async function floatGguf(
  source: ByteSource,
  more: Readonly<Record<string, number>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await source.read(0, source.size);
  const { directory } = await openGguf([source]);
  const reader = { view: new DataView(file.buffer, file.byteOffset, file.length), at: 8 };
  const tensors = count(reader);
  const keys = count(reader);
  const keysStart = reader.at;
  for (let key = 0; key < keys; key += 1) {
    skipValue(reader, 8);
    skipValue(reader, word(reader));
  }
  const infosStart = reader.at;
  const infos: Uint8Array[] = [];
  const data: Uint8Array[] = [];
  let offset = 0;
  for (let i = 0; i < tensors; i += 1) {
    const start = reader.at;
    const name = text(file, reader);
    const dimensions = word(reader);
    reader.at += 8 * dimensions;
    infos.push(file.subarray(start, reader.at), u32(F32), u64(offset));
    reader.at += 12;
    const tensor = directory.tensors.get(name);
    if (tensor === undefined || 'packing' in tensor || tensor.type === 'UNREADABLE')
      throw new Error(`no tensor ${name}`);
    const { rows, cols, rowBytes } = tensor;
    const bytes = await source.read(tensor.offset, rows * rowBytes);
    const values = new Uint8Array(decodeRows(tensor.type, bytes, rows, cols).buffer);
    data.push(values, new Uint8Array(alignUp(values.length, ALIGNMENT) - values.length));
    offset = alignUp(offset + values.length, ALIGNMENT);
  }
  const added = Object.entries(more).map(([key, value]) => concat([string(key), u32(U32), u32(value)]));
  const header = concat([
    file.subarray(0, 8),
    u64(tensors),
    u64(keys + Object.keys(more).length),
    file.subarray(keysStart, infosStart),
    ...added,
    ...infos,
  ]);
  const padding = new Uint8Array(alignUp(header.length, ALIGNMENT) - header.length);
  return concat([header, padding, ...data]);
}

interface Reading {
  readonly view: DataView;
  at: number;
}

function word(reader: Reading): number {
  reader.at += 4;
  return reader.view.getUint32(reader.at - 4, true);
}

function count(reader: Reading): number {
  reader.at += 8;
  return Number(reader.view.getBigUint64(reader.at - 8, true));
}

function text(file: Uint8Array, reader: Reading): string {
  const length = count(reader);
  reader.at += length;
  return new TextDecoder().decode(file.subarray(reader.at - length, reader.at));
}

function skipValue(reader: Reading, type: number): void {
  if (type === 8) {
    const length = count(reader);
    reader.at += length;
  } else if (type === 9) {
    const element = word(reader);
    const length = count(reader);
    for (let i = 0; i < length; i += 1) skipValue(reader, element);
  } else {
    reader.at += SCALAR_BYTES[type] ?? NaN;
  }
}

function string(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return concat([u64(bytes.length), bytes]);
}

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
