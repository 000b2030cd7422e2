/**
 * Owns what has to end: the device, and the one model on it. A lost device takes
 * its model along; the next call opens a new one.
 */
import { AppError } from '../base/failure.ts';
import { openGpu, type Gpu } from '../gpu/index.ts';
import { chooseShape, type KernelShape, type ShapeChoice } from '../kernels/index.ts';
import { memoryShelf, type RecordStore, type Shelf } from '../storage/index.ts';
import { loadModel, type LoadedModel, type LoadOptions } from './loadModel.ts';
import { withSizesTried } from './loadTrouble.ts';
import { openVerdicts, verdictKey, type Verdicts } from './verdicts.ts';

/** Where verdicts on kernels are kept, and what they hold for beside the adapter. */
export interface VerdictPlace {
  readonly shelf: Shelf;
  readonly userAgent: string;
  readonly page: string;
}

export class Engine {
  readonly #api: GPU | undefined;
  readonly #store: RecordStore;
  readonly #onFailure: (failure: AppError) => void;
  #opening: Promise<Gpu> | null = null;
  #choice: Promise<ShapeChoice> | null = null;
  #verdicts: Verdicts | null = null;
  readonly #place: VerdictPlace;
  #model: LoadedModel | null = null;

  /** `onFailure` hears of a device lost between two calls. */
  constructor(
    api: GPU | undefined,
    store: RecordStore,
    onFailure: (failure: AppError) => void,
    place: VerdictPlace = { shelf: memoryShelf(), userAgent: '', page: '' },
  ) {
    this.#api = api;
    this.#store = store;
    this.#onFailure = onFailure;
    this.#place = place;
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
        this.#model = null;
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

  /** Replaces the model that is loaded: two rarely fit. */
  async load(id: string, options: Omit<LoadOptions, 'shape'>): Promise<LoadedModel> {
    const manifest = await this.#store.readManifest(id);
    this.unload();
    const gpu = await this.gpu();
    const { shape, checked } = await this.shapeChoice();
    const other = shape === 'hardware' ? 'software' : 'hardware';
    const wrong = await (await this.verdicts()).wrong();
    options.signal.throwIfAborted();
    try {
      this.#model = await loadModel(gpu, this.#store, manifest, {
        ...options,
        shape,
        wrong,
        ...(checked[other].passed && { otherShape: other }),
      });
    } catch (error) {
      throw withSizesTried(error, manifest, options.contextLength);
    }
    return this.#model;
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
    return this.#model?.manifest.id ?? null;
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
