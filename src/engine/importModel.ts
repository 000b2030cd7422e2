/**
 * From a model's files to records in the store. Every record is read, repacked,
 * hashed and written by itself; what is done is noted every few, so an import
 * that was cut goes on close to where it was. The manifest is last:
 * a model without one does not exist.
 */
import { AppError, type FailureCode } from '../base/failure.ts';
import {
  type ModelManifest,
  modelLock,
  type PartialImport,
  RECORD_BYTES,
  type RecordStore,
  sha256,
  type WeightChoice,
} from '../storage/index.ts';
import { cardOf, type ImportedCard } from './importedModels.ts';
import { type ImportSource, type ModelFile, readModelFile } from './importFile.ts';
import { type ImportPlan, planImport } from './importPlan.ts';
import { type ImportProgress, progressMeter, type ProgressMeter } from './importProgress.ts';
import { buildRecord } from './importRecord.ts';
import { createReadAhead, type ReadRange } from './readAhead.ts';

export interface OpenContext {
  readonly signal: AbortSignal;
  /** To be told of bytes as they arrive; a source that doesn't is counted by what is read of it. */
  readonly onBytes: (count: number) => void;
}

export interface ImportRequest {
  readonly store: RecordStore;
  readonly open: (context: OpenContext) => Promise<readonly ImportSource[]>;
  /** For people; the file's own name for itself where absent. */
  readonly title?: string | undefined;
  /** 'file:NAME', an URL, 'hub:owner/name/FILE', or 'hub:owner/name/' for the folder itself. */
  readonly origin: string;
  readonly weights: WeightChoice;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ImportProgress) => void;
  /** Going on with a partial import: SOURCE_CHANGED where the files are another model. */
  readonly expectedId?: string | undefined;
  /** false where no other tab can see the store, so that none has to be kept out. */
  readonly shared?: boolean;
  /** RECORD_BYTES; smaller in tests. */
  readonly recordBytes?: number | undefined;
}

/** Each holds strips of its source, its result, and the copy that is hashed or on its way to the disk. */
const RECORDS_IN_WORK = 2;
/** A model with a larger record (an expert of Mixtral's size) is written one record at a time. */
const LARGE_RECORD = 64 * 1024 * 1024;
/** Bytes from the middle and the end of each source that its identity includes. */
const SAMPLE_BYTES = 64 * 1024;

/** The files themselves are at fault: going on with an import would only meet it again. */
const LASTING: readonly FailureCode[] = ['UNSUPPORTED_TYPE', 'BAD_DIMENSIONS', 'FILE_CORRUPT'];

/**
 * Resolves when the manifest is written. A cancel or a failure leaves the partial
 * state, but for one that going on could not mend: that leaves nothing. Importing
 * what is already here checks every record and mends broken ones.
 * Failures are those of the format, the store and the sources, and MODEL_BUSY.
 */
export async function importModel(request: ImportRequest): Promise<ImportedCard> {
  const { store, signal, weights, recordBytes = RECORD_BYTES } = request;
  let meter: ProgressMeter | null = null;
  let told = false;
  const onBytes = (count: number): void => {
    told = true;
    meter?.received(count);
  };
  const opened = await request.open({ signal, onBytes });
  const file = await readModelFile(opened, signal);
  const { sources } = file;
  const plan = planImport(file.recipes, file.directory, { weights, recordBytes });
  const id = await modelId(request, sources, file, plan);
  if (request.expectedId !== undefined && request.expectedId !== id) {
    throw new AppError('SOURCE_CHANGED', 'the files are not those this import began with', {
      origin: request.origin,
    });
  }
  const lock = request.shared === false ? null : await modelLock(id, signal);
  let lasting = false;
  try {
    const facts = factsOf(request, id, sources, file, plan);
    meter = progressMeter(
      { modelId: id, title: facts.title, totalBytes: plan.sourceBytes },
      request.onProgress,
    );
    const before = await stateOf(store, facts);
    const hashes = await knownHashes(store, plan, before);
    await store.ensureSpace(plan.records.reduce((sum, { bytes }, i) => sum + (hashes[i] ? 0 : bytes), 0));
    const ahead = createReadAhead(recordBytes / 8);
    const read: ReadRange = async (range, stop) => {
      const bytes = await ahead(range, stop);
      if (!told) meter?.received(bytes.length);
      return bytes;
    };
    const work: Work = {
      store,
      plan,
      facts,
      before,
      hashes,
      meter,
      read,
      noteEvery: Math.max(recordBytes / 4, plan.bytes / 512),
      unnoted: 0,
    };
    await writeRecords(work, signal).catch((error: unknown) => {
      lasting = before.manifest === null && error instanceof AppError && LASTING.includes(error.code);
      throw error;
    });
    const manifest = manifestOf(work, file);
    await store.writeManifest(manifest);
    return cardOf(manifest);
  } finally {
    lock?.dispose();
    // Another tab may have begun anew, and the failure is still the one to tell of.
    if (lasting) await store.remove(id).catch(() => undefined);
  }
}

/** What an import knows of itself before its first record. */
type Facts = Omit<PartialImport, 'records'>;

/** What an earlier import left. */
interface Before {
  readonly manifest: ModelManifest | null;
  readonly partial: PartialImport | null;
}

interface Work {
  readonly store: RecordStore;
  readonly plan: ImportPlan;
  readonly facts: Facts;
  readonly before: Before;
  /** By record; null until it is stored. */
  readonly hashes: (string | null)[];
  readonly meter: ProgressMeter;
  readonly read: ReadRange;
  /**
   * The partial state is written after so many bytes: it lists every record, and there may
   * be thousands, of which a dead tab may cost the last few. A full record is always noted.
   */
  readonly noteEvery: number;
  /** Stored since then. */
  unnoted: number;
}

/**
 * Where it came from, what the file says of itself, and samples of the weights: a
 * fine-tune has its base model's header to the byte.
 */
async function modelId(
  { origin, weights, signal }: ImportRequest,
  sources: readonly ImportSource[],
  { spec, text }: ModelFile,
  { tensors, records }: ImportPlan,
): Promise<string> {
  const samples = await Promise.all(sources.map((source) => sampleHash(source, signal)));
  const layout = tensors.map(({ entry, parts }) => [
    entry,
    parts.map(({ slice: { file, ...place }, add }) => [file.name, file.type, file.offset, place, add]),
  ]);
  const slabs = records.map((record) => record.slabs);
  const identity = JSON.stringify({ version: 2, origin, weights, samples, spec, text, layout, slabs });
  return (await sha256(new TextEncoder().encode(identity))).slice(0, 24);
}

async function sampleHash(source: ImportSource, signal: AbortSignal): Promise<string> {
  const length = Math.min(SAMPLE_BYTES, source.size);
  const starts = [Math.floor((source.size - length) / 2), source.size - length];
  const hashes = await Promise.all(
    starts.map(async (start) => sha256(await source.read(start, length, signal))),
  );
  return `${source.size} ${hashes.join(' ')}`;
}

function factsOf(
  request: ImportRequest,
  id: string,
  sources: readonly ImportSource[],
  file: ModelFile,
  plan: ImportPlan,
): Facts {
  return {
    version: 2,
    id,
    title: request.title ?? file.title ?? sources[0]?.name ?? id,
    origin: request.origin,
    license: file.license,
    quantisation:
      request.weights === 'keep' ? file.quantisation : `${file.quantisation} → ${request.weights}`,
    family: file.spec.family,
    contextLength: file.spec.contextLength,
    weights: request.weights,
    sourceBytes: sources.reduce((sum, { size }) => sum + size, 0),
    bytes: plan.bytes,
    createdAt: Date.now(),
    sources: sources.map(({ name, size, validator = '' }) => ({ name, size, validator })),
  };
}

async function stateOf(store: RecordStore, facts: Facts): Promise<Before> {
  const partial = await store.readPartial(facts.id);
  const same = partial?.sources.every(({ validator }, i) => validator === facts.sources[i]?.validator);
  return { manifest: await finishedManifest(store, facts.id), partial: same ? partial : null };
}

/** null where there is none, and where there is a damaged one: this import replaces it. */
async function finishedManifest(store: RecordStore, id: string): Promise<ModelManifest | null> {
  try {
    return await store.readManifest(id);
  } catch (error) {
    if (error instanceof AppError && (error.code === 'MODEL_NOT_FOUND' || error.code === 'STORAGE'))
      return null;
    throw error;
  }
}

/** Records of a finished model are read and checked; those of a partial one have to be there. */
async function knownHashes(store: RecordStore, plan: ImportPlan, before: Before): Promise<(string | null)[]> {
  const hashes: (string | null)[] = [];
  for (let record = 0; record < plan.records.length; record++) {
    const { manifest, partial } = before;
    const hash = manifest?.records[record]?.sha256 ?? partial?.records[record]?.sha256 ?? null;
    const id = manifest?.id ?? partial?.id ?? '';
    const there =
      hash !== null && (manifest ? await isIntact(store, id, record) : await store.has(id, record));
    hashes.push(there ? hash : null);
  }
  return hashes;
}

async function isIntact(store: RecordStore, id: string, record: number): Promise<boolean> {
  try {
    await store.read(id, record);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'RECORD_CORRUPT') return false;
    throw error;
  }
}

async function writeRecords(work: Work, signal: AbortSignal): Promise<void> {
  const { plan, hashes, meter } = work;
  const missing: number[] = [];
  plan.records.forEach(({ sourceBytes }, record) => {
    if (hashes[record] === null) missing.push(record);
    else meter.skipped(sourceBytes);
  });
  const queue = missing.values();
  await savePartial(work);
  // The first failure ends the other record too, before the lock is given back.
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const lane = async (): Promise<void> => {
    try {
      for (const record of queue) await writeRecord(work, record, both);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const inWork = plan.records.some(({ bytes }) => bytes > LARGE_RECORD) ? 1 : RECORDS_IN_WORK;
  const lanes = await Promise.allSettled(Array.from({ length: inWork }, lane));
  if (!lanes.some(({ status }) => status === 'rejected')) return;
  // Where even this fails, the first failure is still the one to tell of.
  await savePartial(work).catch(() => undefined);
  throw signal.aborted ? signal.reason : failed.signal.reason;
}

async function writeRecord(work: Work, record: number, signal: AbortSignal): Promise<void> {
  const { store, plan, facts, before, hashes, meter } = work;
  signal.throwIfAborted();
  const bytes = await buildRecord(plan, record, work.read, signal);
  const hash = await sha256(bytes);
  const expected = before.manifest?.records[record]?.sha256;
  if (expected !== undefined && expected !== hash) {
    throw new AppError('SOURCE_CHANGED', 'the files are not those this model was made from', {
      origin: facts.origin,
    });
  }
  signal.throwIfAborted();
  const size = bytes.length;
  await store.write(facts.id, record, bytes);
  hashes[record] = hash;
  meter.stored(plan.records[record]?.sourceBytes ?? 0);
  work.unnoted += size;
  if (work.unnoted >= work.noteEvery) await savePartial(work);
}

/** A model being mended has its manifest and needs no other state. */
async function savePartial(work: Work): Promise<void> {
  const { store, plan, facts, before, hashes } = work;
  work.unnoted = 0;
  if (before.manifest) return;
  const records = plan.records.map(({ bytes }, record) => ({ bytes, sha256: hashes[record] ?? null }));
  await store.writePartial({ ...facts, createdAt: before.partial?.createdAt ?? facts.createdAt, records });
}

function manifestOf({ plan, facts, before, hashes }: Work, { spec, text }: ModelFile): ModelManifest {
  const { version, id, title, origin, license, quantisation, sourceBytes, bytes, createdAt } = facts;
  return {
    version,
    id,
    title,
    origin,
    license,
    quantisation,
    sourceBytes,
    bytes,
    spec,
    text,
    createdAt: before.manifest?.createdAt ?? createdAt,
    tensors: plan.tensors.map(({ entry }) => entry),
    records: plan.records.map(({ slabs, bytes: size }, record) => {
      const hash = hashes[record];
      if (!hash) throw new Error(`record ${record} was not written`);
      return { bytes: size, sha256: hash, slabs };
    }),
  };
}
