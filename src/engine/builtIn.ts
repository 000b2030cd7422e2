/**
 * The model that is shipped with the page: a folder of files beside it, imported into
 * memory each time the worker starts. Nothing of it is ever in the user's storage.
 */
import { AppError, asAppError, isAbort } from '../base/failure.ts';
import { createMemoryStore, type ModelManifest, type RecordReader } from '../storage/index.ts';
import { type ImportedCard, sizesOf } from './importedModels.ts';
import { type ImportSource, readModelFile } from './importFile.ts';
import { importModel } from './importModel.ts';

export interface BuiltInFiles {
  /** Its id on the page. */
  readonly id: string;
  readonly title: string;
  readonly license: string;
  /** Begins to fetch its files. */
  readonly open: () => Promise<readonly ImportSource[]>;
}

export interface StoredModel {
  readonly records: RecordReader;
  readonly manifest: ModelManifest;
}

export class BuiltIn {
  readonly id: string;
  readonly #files: BuiltInFiles;
  #sources: Promise<readonly ImportSource[]> | null = null;
  #card: ImportedCard | null = null;
  #stored: StoredModel | null = null;

  constructor(files: BuiltInFiles) {
    this.#files = files;
    this.id = files.id;
  }

  /**
   * Read from the files' headers, while the weights are still arriving. Where the files
   * can't be had it says no more than what is known without them; loading tells why.
   */
  async card(): Promise<ImportedCard> {
    try {
      this.#card ??= await this.#readCard();
      return this.#card;
    } catch {
      this.#sources = null;
      return this.#described({ family: '', quantisation: '', bytes: 0, contextLength: 0 });
    }
  }

  async #readCard(): Promise<ImportedCard> {
    const { sources, spec, quantisation } = await readModelFile(
      await this.#opened(),
      new AbortController().signal,
    );
    const bytes = sources.reduce((sum, { size }) => sum + size, 0);
    const { family, contextLength } = spec;
    return { ...this.#described({ family, quantisation, bytes, contextLength }), ...sizesOf(spec) };
  }

  #described(facts: Pick<ImportedCard, 'family' | 'quantisation' | 'bytes' | 'contextLength'>): ImportedCard {
    const { id, title, license } = this.#files;
    return {
      ...facts,
      id,
      title,
      license,
      origin: 'built-in',
      state: 'ready',
      doneBytes: facts.bytes,
      resumable: false,
      builtIn: true,
      kvBytesPerToken: 0,
      experts: null,
    };
  }

  /** Imports it where that was not done yet. A failure names the model and is met anew by the next call. */
  async stored(signal: AbortSignal, onProgress: (done: number, total: number) => void): Promise<StoredModel> {
    try {
      this.#stored ??= await this.#import(signal, onProgress);
      return this.#stored;
    } catch (error) {
      if (isAbort(error)) throw error;
      this.#sources = null;
      const { code, message, detail } = asAppError(error);
      throw new AppError(code, message, { ...detail, model: this.id }, error);
    }
  }

  async #import(
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<StoredModel> {
    const store = createMemoryStore();
    const { title } = this.#files;
    const { id } = await importModel({
      store,
      open: () => this.#opened(),
      title,
      origin: 'built-in',
      weights: 'keep',
      shared: false,
      signal,
      onProgress: ({ doneBytes, totalBytes }) => onProgress(doneBytes, totalBytes),
    });
    this.#sources = null; // the records are all that is needed now
    return { records: store, manifest: await store.readManifest(id) };
  }

  #opened(): Promise<readonly ImportSource[]> {
    this.#sources ??= this.#files.open();
    this.#sources.catch(() => (this.#sources = null));
    return this.#sources;
  }
}
