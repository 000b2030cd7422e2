/** The models that are here, as the page lists them. */
import { chooseKvType, kvBytesPerToken } from '../graph/index.ts';
import type { ModelSpec } from '../models/index.ts';
import type { DamagedEntry, ModelManifest, PartialImport, RecordStore } from '../storage/index.ts';

/** The protocol's ModelCard, which the engine may not name. */
export interface ImportedCard {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly origin: string;
  readonly license: string;
  readonly quantisation: string;
  readonly bytes: number;
  readonly contextLength: number;
  readonly state: 'ready' | 'partial' | 'damaged';
  readonly doneBytes: number;
  readonly resumable: boolean;
  readonly builtIn?: boolean;
  /** With the model's whole context; 0 where unknown. */
  readonly kvBytesPerToken: number;
  readonly experts: ExpertShape | null;
  readonly outdated?: boolean;
}

interface ExpertShape {
  readonly layers: number;
  readonly experts: number;
  readonly topK: number;
}

/** Finished ones first, then those that can go on, then what can only be removed; each oldest first. */
export async function listModels(store: RecordStore): Promise<readonly ImportedCard[]> {
  const { ready, partial, damaged } = await store.listManifests();
  const oldestFirst = (a: { createdAt: number }, b: { createdAt: number }): number =>
    a.createdAt - b.createdAt;
  return [
    ...ready.toSorted(oldestFirst).map(cardOf),
    ...partial.toSorted(oldestFirst).map(partialCard),
    ...damaged.map(damagedCard),
  ];
}

export function cardOf({
  id,
  title,
  origin,
  license,
  quantisation,
  bytes,
  spec,
}: ModelManifest): ImportedCard {
  const { family, contextLength } = spec;
  return {
    id,
    title,
    family,
    origin,
    license,
    quantisation,
    bytes,
    contextLength,
    state: 'ready',
    doneBytes: bytes,
    resumable: false,
    ...sizesOf(spec),
  };
}

/** What follows from a model's form. */
export function sizesOf(spec: ModelSpec): Pick<ImportedCard, 'kvBytesPerToken' | 'experts'> {
  const mixtures = spec.layers.flatMap(({ ffn }) => (ffn.kind === 'moe' ? [ffn] : []));
  const [first] = mixtures;
  return {
    kvBytesPerToken: kvBytesPerToken(spec, chooseKvType(spec, spec.contextLength)),
    experts: first ? { layers: mixtures.length, experts: first.experts, topK: first.topK } : null,
  };
}

/** Of what has not been read, or can't be. */
const UNKNOWN_SIZES = { kvBytesPerToken: 0, experts: null };

function partialCard(partial: PartialImport): ImportedCard {
  const { id, title, family, origin, license, quantisation, bytes, contextLength, records } = partial;
  const doneBytes = records.reduce((sum, record) => sum + (record.sha256 === null ? 0 : record.bytes), 0);
  return {
    id,
    title,
    family,
    origin,
    license,
    quantisation,
    bytes,
    contextLength,
    state: 'partial',
    doneBytes,
    // A page may not reopen a local file by itself.
    resumable: !origin.startsWith('file:'),
    ...UNKNOWN_SIZES,
  };
}

function damagedCard({ id, title, outdated }: DamagedEntry): ImportedCard {
  return {
    id,
    title,
    family: '',
    origin: '',
    license: '',
    quantisation: '',
    bytes: 0,
    contextLength: 0,
    state: 'damaged',
    doneBytes: 0,
    resumable: false,
    ...UNKNOWN_SIZES,
    outdated,
  };
}
