import type { ModelSpec } from '../models/spec.ts';
import type { WeightLayout } from '../formats/layouts.ts';

/**
 * How a model lies in storage. A record is at most 32 MiB of GPU-ready bytes and
 * the unit of download, hash and resume. It is a list of slabs; a slab is some
 * rows of one tensor: its quants bytes, then its scales bytes, each padded to 16.
 */
export const RECORD_BYTES = 32 * 1024 * 1024;

export interface TensorEntry {
  readonly name: string;
  readonly layout: WeightLayout;
  readonly rows: number;
  readonly cols: number;
}

export interface Slab {
  /** Index into ModelManifest.tensors. */
  readonly tensor: number;
  readonly row: number;
  /** A multiple of 64 but for a tensor's last slab. */
  readonly rows: number;
}

export interface RecordEntry {
  readonly bytes: number;
  /** Lowercase hex. */
  readonly sha256: string;
  readonly slabs: readonly Slab[];
}

export interface ModelManifest {
  readonly version: 1;
  /** Stable: a hash of where it came from and what the file says of itself. */
  readonly id: string;
  readonly title: string;
  /** 'file:NAME', an URL, or 'hub:owner/name/FILE'. */
  readonly origin: string;
  readonly license: string;
  /** For people: 'Q4_1', 'BF16'. */
  readonly quantisation: string;
  readonly sourceBytes: number;
  readonly bytes: number;
  readonly createdAt: number;
  readonly spec: ModelSpec;
  readonly text: TextFacts;
  readonly tensors: readonly TensorEntry[];
  readonly records: readonly RecordEntry[];
}

/** What the text room needs to speak for this model; JSON values only. */
export interface TextFacts {
  /** The content of a tokenizer.json, built from GGUF metadata where there was none. */
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
  readonly chatTemplate: string | null;
  readonly bos: number | null;
  readonly addBos: boolean;
  readonly stopIds: readonly number[];
}

/** Reads what an import wrote. Storage, and in Node a memory twin, implement it. */
export interface RecordReader {
  read(model: string, record: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
