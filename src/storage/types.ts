import type { ByteSource } from '../formats/source.ts';
import type { WeightLayout } from '../formats/layouts.ts';
import type { TextFacts } from '../base/textFacts.ts';
import type { ModelSpec } from '../models/spec.ts';

/**
 * How a model lies in storage. A record is at most 32 MiB of GPU-ready bytes, or one
 * expert of one layer (gate, up and down), and the unit of download, hash and resume.
 * It is a list of slabs; a slab is some rows of one tensor: its quants bytes, then
 * its scales bytes, each padded to 16.
 */
export const RECORD_BYTES = 32 * 1024 * 1024;

export interface TensorEntry {
  readonly name: string;
  readonly layout: WeightLayout;
  readonly rows: number;
  readonly cols: number;
  /** The rows are this many experts', one after the other; absent for others. */
  readonly experts?: number | undefined;
}

export interface Slab {
  /** Index into ModelManifest.tensors. */
  readonly tensor: number;
  /** A multiple of 64, or the first row of an expert. */
  readonly row: number;
  /** A multiple of 64 but for a tensor's last slab, or one expert's. */
  readonly rows: number;
}

export interface RecordEntry {
  readonly bytes: number;
  /** As storage's sha256 gives it. */
  readonly sha256: string;
  readonly slabs: readonly Slab[];
}

export interface ModelManifest {
  readonly version: 2;
  /** Stable: a hash of where it came from and what the file says of itself. */
  readonly id: string;
  readonly title: string;
  /** 'file:NAME', an URL, 'hub:owner/name/FILE', or 'hub:owner/name/' for the folder itself. */
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

/** What the file's weights become: themselves, or requantised to 8 or 4 bits. */
export type WeightChoice = 'keep' | 'q8' | 'q4';

/** A source that can say whether it is still the one it was. */
export interface VersionedSource extends ByteSource {
  /** The server's ETag or Last-Modified; empty where it gives none, and for files. */
  readonly validator: string;
}

/** An import that has begun: everything needed to go on, but the bytes. */
export interface PartialImport {
  readonly version: 2;
  readonly id: string;
  readonly title: string;
  readonly origin: string;
  readonly license: string;
  readonly quantisation: string;
  readonly family: string;
  readonly contextLength: number;
  readonly weights: WeightChoice;
  readonly sourceBytes: number;
  readonly bytes: number;
  readonly createdAt: number;
  readonly sources: readonly SourceFacts[];
  /** One for each record of the plan, in its order. */
  readonly records: readonly PartialRecord[];
}

export interface PartialRecord {
  readonly bytes: number;
  /** null until it is written. */
  readonly sha256: string | null;
}

export interface SourceFacts {
  readonly name: string;
  readonly size: number;
  readonly validator: string;
}

/** Something stored under a model's key that is not what this version writes. */
export interface DamagedEntry {
  readonly id: string;
  /** The entry's own, where it can be read; else the id. */
  readonly title: string;
  readonly reason: string;
  /** Whole, but of an earlier version of this page. */
  readonly outdated: boolean;
}

export interface StoredModels {
  readonly ready: readonly ModelManifest[];
  readonly partial: readonly PartialImport[];
  readonly damaged: readonly DamagedEntry[];
}

/** Reads what an import wrote. */
export interface RecordReader {
  /**
   * One record, checked against the manifest's hash.
   * MODEL_NOT_FOUND without a manifest; RECORD_CORRUPT { model, record } where
   * the record is absent, unreadable or not what was written.
   */
  read(model: string, record: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Models at rest. Writers put records first and the manifest last, under
 * `modelLock`. QUOTA where the disk is full (what was there stays), STORAGE where
 * the browser's database fails otherwise.
 */
export interface RecordStore extends RecordReader {
  /** QUOTA { needed, free } where `bytes` and a twentieth more would not fit. */
  ensureSpace(bytes: number): Promise<void>;
  /** Takes the bytes over: the caller must not write to them afterwards. */
  write(model: string, record: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  has(model: string, record: number): Promise<boolean>;
  /** MODEL_NOT_FOUND, or STORAGE where what is stored is not a manifest. */
  readManifest(model: string): Promise<ModelManifest>;
  /** Also ends the partial state of the same model. */
  writeManifest(manifest: ModelManifest): Promise<void>;
  /** null where there is none; a damaged one counts as none. */
  readPartial(model: string): Promise<PartialImport | null>;
  writePartial(partial: PartialImport): Promise<void>;
  listManifests(): Promise<StoredModels>;
  /** Manifest and partial state first, then the records: never a model with holes. MODEL_BUSY while another writes. */
  remove(model: string): Promise<void>;
}
