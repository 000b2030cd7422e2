/** Models at rest, and where they come from. */
export { fileSource } from './fileSource.ts';
export { sha256 } from './hash.ts';
export { type HubModelFile, hubFileUrl, hubFolder, hubListing, type HubOptions, partNames } from './hub.ts';
export { modelLock } from './lock.ts';
export { folderFiles, isFolderFile, SAFETENSORS_INDEX } from './modelFolder.ts';
export { pageFile } from './pageFile.ts';
export { createIdbStore, createMemoryStore } from './recordStore.ts';
export { idbShelf, memoryShelf, type Shelf } from './shelf.ts';
export { storageReport } from './space.ts';
export { RECORD_BYTES } from './types.ts';
export type {
  DamagedEntry,
  ModelManifest,
  PartialImport,
  PartialRecord,
  RecordEntry,
  RecordReader,
  RecordStore,
  Slab,
  SourceFacts,
  TensorEntry,
  VersionedSource,
  WeightChoice,
} from './types.ts';
export { urlName } from './urlName.ts';
export { urlSource } from './urlSource.ts';
