/** Models: adding them, how precise, what is here. */
import { count, duration, size } from '../format.ts';

export const add = {
  title: 'Add a model',
  first: 'One thing is missing: a model. Give it a GGUF file, or a model’s folder from Hugging Face.',
  choose: 'Choose a file',
  chooseFolder: 'Choose a folder',
  drop: 'or drop one anywhere on this page',
  dropNow: 'Drop to add the model',
  hubLabel: 'Hugging Face repository',
  hubHint: 'owner/name',
  hubList: 'List files',
  hubAsking: (repo: string) => `Asking for the files of ${repo}`,
  hubFiles: (repo: string) => `Models in ${repo}`,
  hubNone: (repo: string) =>
    `${repo} has no model this page can read: no GGUF file, and no safetensors with config.json and tokenizer.json beside them.`,
  hubBad: 'A repository is written owner/name.',
  wholeModel: 'The whole model (safetensors)',
  parts: (n: number) => `${n} parts`,
  download: 'Download',
  downloadFile: (path: string) => `Download ${path}`,
  urlLabel: 'Address of a GGUF file',
  urlHint: 'https://',
  urlStart: 'Download',
};

export const weights = {
  title: 'How precise?',
  remote: (title: string, amount: string) =>
    `${title}: ${amount} come over the network whichever you choose. What stays on this device, and in the graphics memory, differs.`,
  local: (title: string, amount: string) =>
    `${title}: ${amount} of weights. What stays on this device, and in the graphics memory, is up to you.`,
  modes: {
    keep: ['As it is', 'Every number as the files have it.'],
    q8: ['8 bits', 'Each number rounded to one of 256 steps.'],
    q4: ['4 bits', 'Each number rounded to one of 16 steps: answers become less exact.'],
  },
  about: (amount: string) => `about ${amount}`,
  unknown:
    'The sizes are those of weights stored in 16 bits. Weights that are stored in fewer already stay as they are.',
  import: 'Import',
  download: 'Download',
};

export const models = {
  open: 'Models',
  title: 'Models',
  close: 'Close',
  none: 'No model',
  yours: 'On this device',
  empty: 'No models yet.',
  load: 'Load',
  loadModel: (title: string) => `Load ${title}`,
  unload: 'Unload',
  remove: 'Delete',
  removeModel: (title: string) => `Delete ${title}`,
  resume: 'Resume',
  resumeModel: (title: string) => `Resume ${title}`,
  chooseAgain: 'Choose its file or folder again to go on.',
  cancel: 'Cancel',
  cancelImport: (label: string) => `Cancel ${label}`,
  cancelling: 'Stopping',
  confirmTitle: (title: string) => `Delete “${title}”?`,
  confirmBody: (bytes: number) => `This frees ${size(bytes)}. To use it again it must be imported again.`,
  context: (tokens: number) => `reads ${count(tokens)} tokens`,
  loaded: 'loaded',
  starting: 'Reading the file’s table',
  left: (s: number) => `${duration(s)} left`,
  used: (amount: string) => `${amount} used`,
  allowed: (amount: string) => `, up to ${amount} allowed by the browser`,
  kept: '. The browser will not remove it by itself.',
  notKept: '. The browser may remove it if the disk runs full.',
  outdated: 'An earlier version of this page stored it. Delete it and download it again.',
  damaged: 'Its entry is damaged. It can only be deleted and imported again.',
  progressOf: (label: string) => `Import of ${label}`,
};
