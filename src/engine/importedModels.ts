/** The models that are here, as the page lists them. */
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
  readonly outdated?: boolean;
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
  };
}

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
    outdated,
  };
}
