/** Safetensors files taken apart and put together, for tests, after the format's description. */
import { concat } from '../base/bytes.ts';

export interface NamedBytes {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export type SafetensorsParts = ReadonlyMap<string, NamedBytes>;

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

export function safetensorsParts(file: Uint8Array): SafetensorsParts {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Header;
  delete header['__metadata__'];
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, bytes: file.subarray(start + from, start + to) }],
    ),
  );
}

export function safetensorsFile(parts: SafetensorsParts): Uint8Array<ArrayBuffer> {
  const header: Header = {};
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of parts) {
    header[name] = { dtype, shape: [...shape], data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer);
  return concat([length, text, ...[...parts.values()].map(({ bytes }) => bytes)]);
}

/** The same tensors in files of their own, with the index that says which is where. */
export function splitSafetensors(
  file: Uint8Array,
  count: number,
): ReadonlyMap<string, Uint8Array<ArrayBuffer> | string> {
  const parts = [...safetensorsParts(file)];
  const size = Math.ceil(parts.length / count);
  const digits = (n: number): string => String(n).padStart(5, '0');
  const files = new Map<string, Uint8Array<ArrayBuffer> | string>();
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < count; shard++) {
    const name = `model-${digits(shard + 1)}-of-${digits(count)}.safetensors`;
    const own = parts.slice(shard * size, (shard + 1) * size);
    files.set(name, safetensorsFile(new Map(own)));
    for (const [tensor] of own) weightMap[tensor] = name;
  }
  files.set('model.safetensors.index.json', JSON.stringify({ metadata: {}, weight_map: weightMap }));
  return files;
}
