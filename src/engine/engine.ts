/**
 * Owns what has to end: the device, and the one model that is loaded. A lost device
 * takes its model along; the next call opens a new one. Small models run without one.
 */
import { AppError, asAppError, type FailureCode } from '../base/failure.ts';
import { openGpu, type Gpu } from '../gpu/index.ts';
import { chooseShape, type KernelShape, type ShapeChoice } from '../kernels/index.ts';
import { memoryShelf, type RecordStore, type Shelf } from '../storage/index.ts';
import type { BuiltIn, StoredModel } from './builtIn.ts';
import { loadModel, type LoadedModel, type LoadOptions } from './loadModel.ts';
import { withSizesTried } from './loadTrouble.ts';
import { fitsPlain, loadPlainModel } from './plainModel.ts';
import { openVerdicts, verdictKey, type Verdicts } from './verdicts.ts';

/** Where verdicts on kernels are kept, and what they hold for beside the adapter. */
export interface VerdictPlace {
  readonly shelf: Shelf;
  readonly userAgent: string;
  readonly page: string;
}

export interface EngineOptions {
  /** `navigator.gpu` */
  readonly api: GPU | undefined;
  readonly store: RecordStore;
  /** Hears of a device lost between two calls. */
  readonly onFailure: (failure: AppError) => void;
  readonly place?: VerdictPlace;
  readonly builtIn?: BuiltIn;
}

export type EngineLoadOptions = Pick<LoadOptions, 'contextLength' | 'signal' | 'onProgress'>;

/** There is no GPU that computes right: what is small enough runs without one. */
const NO_GPU: readonly FailureCode[] = [
  'NO_WEBGPU',
  'NO_ADAPTER',
  'ADAPTER_TOO_SMALL',
  'KERNEL_CHECK_FAILED',
];

type ReadyGpu = Pick<LoadOptions, 'shape' | 'otherShape' | 'wrong'> & { readonly gpu: Gpu };

export class Engine {
  readonly #api: GPU | undefined;
  readonly #store: RecordStore;
  readonly #onFailure: (failure: AppError) => void;
  readonly #builtIn: BuiltIn | null;
  #opening: Promise<Gpu> | null = null;
  #choice: Promise<ShapeChoice> | null = null;
  #verdicts: Verdicts | null = null;
  readonly #place: VerdictPlace;
  #model: LoadedModel | null = null;
  #loadedId: string | null = null;

  constructor(options: EngineOptions) {
    this.#api = options.api;
    this.#store = options.store;
    this.#onFailure = options.onFailure;
    this.#place = options.place ?? { shelf: memoryShelf(), userAgent: '', page: '' };
    this.#builtIn = options.builtIn ?? null;
  }

  /** The device, opened on first use and again after a loss. */
  gpu(): Promise<Gpu> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<Gpu> {
    try {
      const gpu = await openGpu(this.#api);
      void gpu.lost.then((loss) => {
        if (this.#model?.runsOn === 'gpu') this.#model = null;
        this.#opening = null;
        this.#choice = null;
        this.#onFailure(new AppError('DEVICE_LOST', loss.message, { reason: loss.reason }));
      });
      return gpu;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  get model(): LoadedModel {
    if (!this.#model) throw new AppError('BAD_REQUEST', 'no model is loaded');
    return this.#model;
  }

  /**
   * Replaces the model that is loaded: two rarely fit. The device opens and is checked
   * while the model's files are read.
   */
  async load(id: string, options: EngineLoadOptions): Promise<LoadedModel> {
    const ready = this.#ready();
    ready.catch(() => undefined); // heard below, once there is a model to load
    const stored = await this.#stored(id, options);
    this.unload();
    const model = await this.#loadStored(stored, ready, options);
    this.#model = model;
    this.#loadedId = id;
    model.prefillReady.catch((error: unknown) => this.#hearLate(model, error));
    return model;
  }

  /** What would have failed the load, had it waited for it. A lost device tells of itself. */
  #hearLate(model: LoadedModel, error: unknown): void {
    const { code, message, detail } = asAppError(error);
    if (this.#model !== model || code === 'DEVICE_LOST') return;
    this.#onFailure(new AppError(code, message, { ...detail, loadedId: model.manifest.id }, error));
  }

  async #stored(id: string, { signal, onProgress }: EngineLoadOptions): Promise<StoredModel> {
    if (id === this.#builtIn?.id)
      return this.#builtIn.stored(signal, (done, total) => onProgress('weights', done, total));
    return { records: this.#store, manifest: await this.#store.readManifest(id) };
  }

  async #loadStored(
    { records, manifest }: StoredModel,
    ready: Promise<ReadyGpu>,
    options: EngineLoadOptions,
  ): Promise<LoadedModel> {
    try {
      const { gpu, ...chosen } = await ready;
      options.signal.throwIfAborted();
      return await loadModel(gpu, records, manifest, { ...options, ...chosen });
    } catch (error) {
      if (NO_GPU.includes(asAppError(error).code) && fitsPlain(manifest))
        return loadPlainModel(records, manifest, options);
      throw withSizesTried(error, manifest, options.contextLength);
    }
  }

  /** The device, and which of its kernels to use. */
  async #ready(): Promise<ReadyGpu> {
    const gpu = await this.gpu();
    const { shape, checked } = await this.shapeChoice();
    const other = shape === 'hardware' ? 'software' : 'hardware';
    const wrong = await (await this.verdicts()).wrong();
    // One that was not tried may be right: it is tested after it was loaded, as the first is.
    return { gpu, shape, wrong, ...(checked[other]?.passed !== false && { otherShape: other }) };
  }

  /** What tests have found of kernels on this device. */
  async verdicts(): Promise<Verdicts> {
    const { facts } = await this.gpu();
    const key = verdictKey(facts, this.#place.userAgent, this.#place.page);
    if (this.#verdicts?.key !== key) this.#verdicts = openVerdicts(this.#place.shelf, key);
    return this.#verdicts;
  }

  /** The kernel shape that is right and fastest on this device; KERNEL_CHECK_FAILED where none is right. */
  async shapeChoice(): Promise<ShapeChoice> {
    this.#choice ??= this.gpu().then(chooseShape);
    try {
      return await this.#choice;
    } catch (error) {
      this.#choice = null;
      throw error;
    }
  }

  async kernelShape(): Promise<KernelShape> {
    return (await this.shapeChoice()).shape;
  }

  get loadedId(): string | null {
    return this.#model ? this.#loadedId : null;
  }

  unload(): void {
    this.#model?.dispose();
    this.#model = null;
  }

  /** Unloads and gives the device back; the next call that needs one opens another. */
  async release(): Promise<void> {
    this.unload();
    const opening = this.#opening;
    this.#opening = null;
    this.#choice = null;
    (await opening?.catch(() => null))?.dispose();
  }
}
