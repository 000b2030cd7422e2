/** Every expected failure: what happened, what is safe, what to do. */
import { count, size, sizeOf } from '../format.ts';
import type { Facts, FailureTable } from '../words.ts';

const NOTHING_STORED = 'Nothing was stored; your other models are as they were.';
const ALL_KEPT = 'Your models and this conversation are kept.';
const ARRIVED_KEPT = 'What arrived is kept.';

/** The file that is at fault; where it is not known, the model. */
const the = ({ about, file }: Facts): string => (about || file ? `“${file || about}”` : 'The file');
const model = ({ about }: Facts): string => (about === '' ? 'The model' : `“${about}”`);
const number = (value: string | number | undefined): number => (typeof value === 'number' ? value : 0);

function stoppedAt({ doneBytes, totalBytes }: Facts): string {
  return number(totalBytes) > 0 ? ` at ${sizeOf(number(doneBytes), number(totalBytes))}` : '';
}

/** The named fact in brackets after the sentence, where there is one. */
function fact(facts: Facts, ...keys: string[]): string {
  const known = keys.map((key) => facts[key]).filter((value) => value !== undefined && value !== '');
  return known.length > 0 ? ` (${known.join(', ')})` : '';
}

/** Whose sizes are wrong, what they are, and what they would have to be. */
function sizes(facts: Facts): string {
  const { key, value, tensor, what, expected, found, rows, cols, neededRows, neededCols } = facts;
  if (key !== undefined) return ` (${key}: ${value})`;
  if (neededRows !== undefined)
    return ` (${tensor}: ${rows} × ${cols}, where ${neededRows} × ${neededCols} is needed)`;
  if (expected !== undefined) return ` (${tensor}: ${shape(found)}, where ${shape(expected)} is needed)`;
  return what === undefined ? fact(facts, 'tensor') : ` (${tensor}: ${what})`;
}

const shape = (value: string | number | undefined): string => `${value}`.replace(/(\d)x(\d)/g, '$1 × $2');

/** The weights themselves gave no numbers, on kernels that had just been found right. */
const noNumbers = ({ what }: Facts): boolean => what === 'logits';

function room(facts: Facts): string {
  const needed = number(facts['needed']);
  const free = number(facts['free']);
  return needed > 0 ? ` It needs ${size(needed)}; ${size(free)} is free.` : '';
}

function length({ tokens, context }: Facts): string {
  if (number(tokens) === 0) return 'Your message does not fit in what the model reads at once';
  return `Your message takes ${count(number(tokens))} tokens and the model reads ${count(number(context))} at once`;
}

/** Said in place of the same lines below where the guide's own files are at fault. */
export const ofPage = {
  safe: ALL_KEPT,
  todo: 'The guide is part of this page: reload the page while you are online, and its files are fetched again.',
};

export const failures = {
  NO_WEBGPU: {
    title: 'This browser has no WebGPU',
    happened:
      'The page computes on your graphics processor through WebGPU, and this browser does not offer it.',
    safe: ALL_KEPT,
    todo: 'Use a current Chrome, Edge, Firefox or Safari, or switch WebGPU on as “This device” describes.',
  },
  NO_ADAPTER: {
    title: 'No graphics processor was offered',
    happened: 'This browser knows WebGPU but gave the page no graphics processor.',
    safe: ALL_KEPT,
    todo: 'Turn on hardware acceleration in the browser’s settings, update the graphics driver, then reload.',
  },
  ADAPTER_TOO_SMALL: {
    title: 'This graphics processor allows too little',
    happened: (f) =>
      f['modelId'] === undefined
        ? `One of its limits is below what the smallest kernel needs${fact(f, 'limit', 'name')}.`
        : `${model(f)} has a part larger than it takes at once.`,
    safe: ALL_KEPT,
    todo: (f) =>
      f['modelId'] === undefined
        ? 'Another browser or a newer driver may allow more; otherwise use another device.'
        : 'Load it with a shorter context, or choose a smaller model.',
  },
  DEVICE_LOST: {
    title: 'The graphics processor was taken away',
    happened: 'The system reset it, or another program needed all of it. The model in its memory is gone.',
    safe: 'The stored model and this conversation are kept.',
    todo: 'Load the model again. If it happens often, close other programs that draw a lot, or use a smaller model.',
  },
  GPU_OUT_OF_MEMORY: {
    title: 'The graphics memory is full',
    happened: (f) => `${model(f)} and its working memory do not fit on the graphics processor now.`,
    safe: ALL_KEPT,
    todo: 'Close other tabs, games and videos that use it, load the model with a shorter context, or choose a smaller one.',
  },
  GPU_ERROR: {
    title: 'The graphics processor refused a command',
    happened: (f) => `The browser reported an error from it${fact(f, 'what')}.`,
    safe: ALL_KEPT,
    todo: 'Load the model again. If it returns, a newer browser or driver may help.',
  },
  KERNEL_CHECK_FAILED: {
    title: (f) =>
      noNumbers(f) ? 'The model computes no numbers' : 'This graphics processor computes wrongly',
    happened: (f) =>
      noNumbers(f)
        ? `${model(f)} gave values that are not numbers, so no word can be chosen from them. Most likely its weights are damaged.`
        : `A computation gave wrong numbers${fact(f, 'kernel')}. The answers would be nonsense, so none is given.`,
    safe: ALL_KEPT,
    todo: (f) =>
      noNumbers(f)
        ? 'Fetch the model again from its source, or choose another conversion of it. If other models fail in the same way, run the self-test of “This device”.'
        : 'Update the browser and the graphics driver, then load the model again. The self-test of “This device” tells which computations are wrong.',
  },
  NOT_A_MODEL: {
    title: 'Not a model',
    happened: (f) => `${the(f)} is neither a GGUF nor a safetensors file this page can read.`,
    safe: NOTHING_STORED,
    todo: 'Choose a file that ends in .gguf, or a model’s folder: config.json, tokenizer.json and its .safetensors files.',
  },
  FILE_TRUNCATED: {
    title: 'The file ends too early',
    happened: (f) => `${the(f)} is shorter than its own table says.`,
    safe: NOTHING_STORED,
    todo: 'Fetch the file again and compare its size with the source’s.',
  },
  FILE_CORRUPT: {
    title: 'The file is damaged',
    happened: (f) => `${the(f)} contradicts itself${fact(f, 'what', 'tensor')}.`,
    safe: NOTHING_STORED,
    todo: 'Fetch the file again from its source.',
  },
  UNSUPPORTED_FAMILY: {
    title: 'This family of models is not supported yet',
    happened: (f) =>
      f['what'] === undefined
        ? `${the(f)} is of a family this page has no code for${fact(f, 'family')}.`
        : `${the(f)} is one of the ${f['family']} models ${f['what']}, and this page has no code for those.`,
    safe: NOTHING_STORED,
    todo: 'Choose a model of the Llama, Mistral, Mixtral, Qwen, Gemma 3, SmolLM3, OLMoE, Granite MoE, gpt-oss, DeepSeek, GLM-4.7-Flash or LFM2 MoE families.',
  },
  UNSUPPORTED_TYPE: {
    title: 'This number format is not supported yet',
    happened: (f) => `${the(f)} stores weights in a way this page can’t unpack${fact(f, 'type', 'tensor')}.`,
    safe: NOTHING_STORED,
    todo: 'Choose another form of the same model. Of GGUF files, Q4_0, Q4_K_M, Q5_K_M, Q6_K and Q8_0 work; of safetensors, BF16, FP8 and MXFP4, and 4 bits of GPTQ, AWQ or MLX.',
  },
  UNSUPPORTED_TOKENIZER: {
    title: 'This tokenizer is not supported yet',
    happened: (f) =>
      `${the(f)} splits text in a way this page does not know${fact(f, 'tokenizer', 'pre', 'model')}.`,
    safe: NOTHING_STORED,
    todo: 'Choose another model.',
  },
  BAD_DIMENSIONS: {
    title: 'The model’s dimensions make no sense',
    happened: (f) => `${the(f)} states sizes that do not fit together${sizes(f)}.`,
    safe: NOTHING_STORED,
    todo: 'Fetch the file again, or choose another conversion of this model.',
  },
  MISSING_TENSOR: {
    title: 'A part of the model is missing',
    happened: (f) => `${the(f)} lacks weights its family needs${fact(f, 'tensor')}.`,
    safe: NOTHING_STORED,
    todo: 'Choose another conversion of this model.',
  },
  MISSING_PART: {
    title: 'A file of this model is missing',
    happened: (f) => `The model is made of several files, and one of them is not there${fact(f, 'file')}.`,
    safe: NOTHING_STORED,
    todo: 'Choose all of its files together, or its whole folder.',
  },
  BAD_TEMPLATE: {
    title: 'The model’s chat template does not work',
    happened: (f) => `The text that tells ${model(f)} who speaks could not be applied to this conversation.`,
    safe: ALL_KEPT,
    todo: 'Remove the system prompt if there is one, or use another conversion of this model.',
  },
  QUOTA: {
    title: 'Not enough room',
    happened: (f) => `The browser has no room for ${f.about === '' ? 'this' : `“${f.about}”`}.${room(f)}`,
    safe: 'What was stored before is untouched.',
    todo: 'Delete a model or free space on the disk, then go on.',
  },
  STORAGE: {
    title: 'The browser’s storage does not work',
    happened: (f) =>
      f['what'] === 'conversation'
        ? 'This conversation could not be written to the disk.'
        : `Reading or writing on this device failed${stoppedAt(f)}.`,
    safe: (f) =>
      f['what'] === 'conversation'
        ? 'It stays here until the page is closed.'
        : 'What was stored before is untouched.',
    todo: 'A private window or a full disk may be the cause: check, then try again.',
  },
  RECORD_CORRUPT: {
    title: 'A stored model is damaged',
    happened: (f) => `A piece of ${model(f)} on this device is not what was written${fact(f, 'record')}.`,
    safe: 'Your other models and this conversation are kept.',
    todo: 'Delete this model and import it again.',
  },
  MODEL_NOT_FOUND: {
    title: 'The model is no longer here',
    happened: (f) => `${model(f)} is not in this browser’s storage; the browser or another tab removed it.`,
    safe: 'Your other models and this conversation are kept.',
    todo: 'Import it again.',
  },
  MODEL_BUSY: {
    title: 'Another tab is at work on this model',
    happened: (f) => `${model(f)} is being imported or deleted in another tab.`,
    safe: 'That tab’s work goes on.',
    todo: 'Wait for it to finish, or close it, then try again.',
  },
  NETWORK: {
    title: 'The network did not answer',
    happened: (f) =>
      stoppedAt(f) === ''
        ? `${f.about === '' ? 'The address' : `“${f.about}”`} could not be reached.`
        : `The download${f.about === '' ? '' : ` of “${f.about}”`} stopped${stoppedAt(f)}.`,
    safe: ARRIVED_KEPT,
    todo: (f) => (stoppedAt(f) === '' ? 'Try again when you are online.' : 'Resume when you are online.'),
  },
  HTTP_STATUS: {
    title: 'The server refused',
    happened: (f) =>
      `The server answered with an error${f.about === '' ? '' : ` for “${f.about}”`}${fact(f, 'status')}.${number(f['status']) === 401 || number(f['status']) === 403 ? ' The file may need an account or a licence to be accepted.' : ''}`,
    safe: ARRIVED_KEPT,
    todo: 'Check the address. A file that needs an account can be fetched with the browser and opened from the disk.',
  },
  NO_RANGES: {
    title: 'This server can’t send parts of a file',
    happened: 'A model is fetched piece by piece, and the server sends files only whole.',
    safe: NOTHING_STORED,
    todo: 'Save the file with the browser, then open it from the disk.',
  },
  SOURCE_CHANGED: {
    title: 'The file has changed at its source',
    happened: (f) => `${the(f)} is no longer the file this import began with.`,
    safe: `${ARRIVED_KEPT} It belongs to the older file.`,
    todo: 'Delete the unfinished import and begin again.',
  },
  CONTEXT_FULL: {
    title: 'The message is too long',
    happened: (f) => `${length(f)}, even without the older messages.`,
    safe: 'The conversation is kept.',
    todo: 'Shorten the message or the system prompt, or raise the context in the settings and load the model again.',
  },
  BAD_REQUEST: {
    title: 'That can’t be done now',
    happened: (f) => `The engine refused the request${fact(f, 'what')}.`,
    safe: ALL_KEPT,
    todo: 'Check what was entered. If nothing looks wrong, reload the page.',
  },
  CANCELLED: {
    title: 'Stopped',
    happened: 'It was stopped before it was done.',
    safe: ALL_KEPT,
    todo: 'Begin again when you like.',
  },
  INTERNAL: {
    title: 'A fault in this page',
    happened: 'Something happened that the page did not expect.',
    safe: ALL_KEPT,
    todo: 'Reload the page. If it returns, please report it with the line below.',
  },
} satisfies FailureTable;
