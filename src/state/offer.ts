/**
 * What is given to the page, before it is imported. Weights stored as floats can be
 * kept in fewer bits, so those are offered first; everything else is imported at once.
 */
import type { HubFile, ModelSource, WeightsMode } from '../protocol/api.ts';
import type { Alerts } from './alerts.ts';
import type { ModelStore } from './modelFacts.ts';

export interface Offer {
  readonly source: ModelSource;
  readonly title: string;
  /** Of the weights, as their source has them. */
  readonly bytes: number;
  /** Each weight's bits there; null where only the files would tell: they may be packed already, too. */
  readonly bits: number | null;
  /** Whether the bytes come over the network. */
  readonly remote: boolean;
}

/** Files chosen or dropped together. */
export interface GivenFiles {
  readonly files: readonly File[];
  /** The name of the folder that was given; empty where files were. */
  readonly folder: string;
}

interface Neighbours {
  readonly store: ModelStore;
  readonly alerts: Alerts;
  readonly importModel: (source: ModelSource, weights?: WeightsMode) => Promise<void>;
}

export function createOffer({ store, alerts, importModel }: Neighbours) {
  async function addFiles({ files, folder }: GivenFiles): Promise<void> {
    if (!files.some(isModelFile) && folder !== '') {
      alerts.raise({ code: 'NOT_A_MODEL', message: `${folder} holds no model`, detail: { file: folder } });
      return;
    }
    if (files.length === 0) return;
    const source: ModelSource = { kind: 'file', files, ...(folder !== '' && { folder }) };
    const config = await configOf(files);
    if (config !== null && !namesPacking(config)) {
      const weights = files.filter(({ name }) => SAFETENSORS.test(name));
      const usual = weights.filter(({ name }) => name.startsWith('model'));
      const bytes = sum(usual.length > 0 ? usual : weights);
      const title = folder || (weights[0]?.name ?? '');
      store.setState({ offer: { source, title, bytes, bits: bitsIn(config), remote: false } });
    } else await importModel(source);
  }

  function addFromHub(repo: string, { path, bytes }: HubFile): void {
    const source: ModelSource = { kind: 'hub', repo, path };
    if (!isWholeModel(path)) void importModel(source);
    else store.setState({ offer: { source, title: repo, bytes, bits: null, remote: true } });
  }

  function decide(weights: WeightsMode): void {
    const { offer } = store.getState();
    declineOffer();
    if (offer) void importModel(offer.source, weights);
  }

  function declineOffer(): void {
    store.setState({ offer: null });
  }

  return { addFiles, addFromHub, decide, declineOffer };
}

const SAFETENSORS = /\.safetensors$/i;

/** Whether a file of a listing stands for a repository's safetensors as a whole. */
export function isWholeModel(path: string): boolean {
  return SAFETENSORS.test(path) || path.endsWith('.safetensors.index.json');
}

/** Whether a folder that has it may be a model's. */
export function isModelFile({ name }: { readonly name: string }): boolean {
  return name === 'config.json' || /\.(gguf|safetensors)$/i.test(name);
}

/** Names config.json has for weights that are packed already. */
const PACKED = ['quantization_config', 'compression_config', 'quantization'];

/** null without safetensors, and where it can't be read: whoever imports them says so. */
async function configOf(files: readonly File[]): Promise<object | null> {
  const file = files.find(({ name }) => name === 'config.json');
  if (!file || !files.some(({ name }) => SAFETENSORS.test(name))) return null;
  try {
    const config: unknown = JSON.parse(await file.text());
    return typeof config === 'object' ? config : null;
  } catch {
    return null;
  }
}

function namesPacking(config: object): boolean {
  return entriesOf(config).some(([key, value]) => PACKED.includes(key) && value !== null);
}

function bitsIn(config: object): number | null {
  const [, type] = entriesOf(config).find(([key]) => key === 'dtype' || key === 'torch_dtype') ?? [];
  return type === 'float32' ? 32 : type === 'bfloat16' || type === 'float16' ? 16 : null;
}

/** Of a model that also sees, what is said of its text is told along. */
function entriesOf(config: object): readonly (readonly [string, unknown])[] {
  const text = 'text_config' in config ? config.text_config : null;
  return [
    ...Object.entries(config),
    ...(typeof text === 'object' && text !== null ? Object.entries(text) : []),
  ];
}

function sum(files: readonly File[]): number {
  return files.reduce((bytes, { size }) => bytes + size, 0);
}
