/** Models: what is here, arriving, worth having; adding them; what fits; storage. */
import type { FailureCode } from '../../base/failure.ts';
import type { CatalogueId } from '../../state/models.ts';
import { count, duration, plural, size } from '../format.ts';

export const add = {
  choose: 'Choose a file',
  chooseFolder: 'Choose a folder',
  drop: 'or drop one anywhere on this page',
  hubLabel: 'Hugging Face repository',
  hubHint: 'owner/name',
  hubList: 'List files',
  hubAsking: (repo: string) => `Asking for the files of ${repo}`,
  hubFiles: (repo: string) => `Models in ${repo}`,
  hubNone: (repo: string) =>
    `${repo} has no model this page can read: no GGUF file, and no safetensors with config.json and tokenizer.json beside them.`,
  hubBad: 'A repository is written owner/name.',
  wholeModel: 'The whole model (safetensors)',
  parts: (n: number) => plural(n, { one: `${n} part`, other: `${n} parts` }),
  download: 'Download',
  downloadFile: (path: string) => `Download ${path}`,
  urlLabel: 'Address of a GGUF file',
  urlHint: 'https://',
  urlStart: 'Download',
  urlBad: 'An address looks like https://example.org/model.gguf.',
  /** Said of an address in place of what the failure says to do. */
  urlTodo: {
    NETWORK:
      'Check the address, and whether you are online. Some servers let no other page read their files: then save the file with the browser and open it from the disk.',
    NOT_A_MODEL: 'The address has to lead to the .gguf file itself, not to a page about it.',
  } as Partial<Record<FailureCode, string>>,
  arriving: (title: string) => `${title} is arriving: see “${models.tabs.yours}”.`,
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
  title: 'Models',
  close: 'Close',
  none: 'No model',
  tabs: {
    label: 'Views',
    yours: 'On this device',
    catalogue: 'Catalogue',
    add: 'Add',
    storage: 'Storage',
  },
  load: 'Load',
  loadModel: (title: string) => `Load ${title}`,
  unload: 'Unload',
  remove: 'Delete',
  removeModel: (title: string) => `Delete ${title}`,
  cancel: 'Cancel',
  builtIn: 'Came with this page: it takes no storage.',
  confirmTitle: (title: string) => `Delete “${title}”?`,
  confirmBody: (bytes: number) => `This frees ${size(bytes)}. To use it again it must be fetched again.`,
  context: (tokens: number) => `reads ${count(tokens)} tokens`,
  experts: (experts: number, topK: number) => `${count(experts)} experts, ${topK} for each token`,
  outdated: 'An earlier version of this page stored it. Delete it and download it again.',
  damaged: 'Its entry is damaged. It can only be deleted and imported again.',
  check: 'Verify',
  checkModel: (title: string) => `Verify ${title}`,
  checking: (done: number, total: number) =>
    total > 0 ? `Comparing piece ${count(done)} of ${count(total)} with its hash` : 'Comparing hashes',
  stopCheck: (title: string) => `Stop verifying ${title}`,
  intact: (records: number, bytes: number) =>
    `Intact: all ${count(records)} pieces (${size(bytes)}) are what was written.`,
  broken: (bad: number, records: number) =>
    `${count(bad)} of ${count(records)} pieces ${plural(bad, { one: 'is', other: 'are' })} not what was written.`,
  mend: 'Fetch them again',
  mendModel: (title: string) => `Fetch the damaged pieces of ${title} again`,
  mendByHand: 'Choose its file or folder again: only these pieces are read anew.',
};

export const downloads = {
  title: 'Downloads',
  progressOf: (label: string) => `Import of ${label}`,
  starting: 'Reading the file’s table',
  left: (s: number) => `${duration(s)} left`,
  waiting: 'Waits for the one before it',
  waitingForNetwork: 'Waits for the network',
  pause: 'Pause',
  pauseOf: (title: string) => `Pause ${title}`,
  pausing: 'Pausing',
  resume: 'Resume',
  resumeOf: (title: string) => `Resume ${title}`,
  retry: 'Retry',
  retryOf: (title: string) => `Retry ${title}`,
  forget: 'Remove',
  forgetOf: (title: string) => `Remove ${title} from the list`,
  paused: 'Paused. What arrived is kept.',
  pausedBefore: 'Paused before anything arrived.',
  unfinished: 'Unfinished. What arrived is kept.',
  arriving: 'It is arriving.',
  stopped: (what: string) => `Stopped: ${what}.`,
  byItself: 'It goes on by itself when the network is back.',
  chooseAgain: 'Choose its file or folder again to go on: the page may not keep hold of local files.',
  /** In another tab of this page. */
  elsewhere: 'Another tab is at work on it.',
  elsewhereWaits: 'It waits in another tab.',
  elsewhereClosed: 'When that tab is closed, it goes on here.',
};

export const fit = {
  verdicts: {
    fits: 'Fits this device',
    tight: 'Tight on this device',
    not: 'Does not fit this device',
    unsure: 'May not fit this device',
    none: 'Needs a graphics processor',
  },
  sum: (weightBytes: string, cache: string, tokens: number, scratch: string, total: string) =>
    `${weightBytes} of weights + ${cache} for ${count(tokens)} tokens + ${scratch} to work in = ${total}`,
  sumWithout: (weightBytes: string, scratch: string, total: string) =>
    `about ${weightBytes} of weights + ${scratch} to work in = ${total}, and what the conversation takes`,
  stated: (sum: string, memory: string) => `${sum}, of the ${memory} this GPU has.`,
  guessed: (sum: string, memory: string) => `${sum}, of ${memory} that this GPU is guessed to have.`,
  alone: (sum: string) => `${sum}.`,
  noRoom: (needed: string, free: string) => `Not enough storage: it needs ${needed}, ${free} is free.`,
  gpuLabel: 'This GPU has',
  gpuHint:
    'Browsers do not tell, so it is guessed with caution until you say. Where the GPU shares the computer’s memory: about two thirds of all.',
  gpuUnknown: 'Not known',
  gpuGb: (gb: number) => `${gb} GB`,
};

export const catalogue = {
  about:
    'Openly licensed models that this page runs. Downloads come from Hugging Face and go on after a pause.',
  onlyFits: 'Only what fits',
  kind: 'Kind',
  kinds: { all: 'All', experts: 'Mixtures of experts', dense: 'Dense' },
  order: 'Order',
  orders: { fit: 'What fits first', large: 'Largest first', small: 'Smallest first' },
  recommended: 'Recommended for this device',
  list: 'Models to download',
  nothing: 'Nothing of this kind fits.',
  parameters: (total: string, active: string) =>
    total === active ? `${total} parameters` : `${total} parameters, ${active} used for each token`,
  billions: (n: string) => `${n} B`,
  millions: (n: string) => `${n} M`,
  roughly: (amount: string) => `about ${amount}`,
  download: (amount: string) => `${amount} to download`,
  stored: (amount: string) => `${amount} once stored`,
  from: (publisher: string) => `by ${publisher}`,
  source: (repo: string) => `Hugging Face, ${repo}`,
  here: 'On this device',
  arriving: (share: string) => `Downloading ${share}`.trim(),
  waiting: 'In the list of downloads',
  elsewhere: (share: string) => `Arriving in another tab ${share}`.trim(),
  good: {
    'qwen3-30b-a3b': 'The best all-round answers here, in many languages, for GPUs of 24 GB and more.',
    'qwen3-coder-30b-a3b': 'Writes and mends programs in most languages, also over long files.',
    'glm-4.7-flash': 'Thinks before it answers: programming, planning, Chinese and English.',
    'gpt-oss-20b': 'Reasons well about science, sums and code; for GPUs of 16 GB.',
    'olmoe-1b-7b': 'Quick for its size; even its training data is open. Short context.',
    'granite-3b-a800m': 'Summaries, emails and questions about a text, quick on small GPUs.',
    'granite-1b-a400m': 'Short texts and simple questions on almost any GPU, phones among them.',
    'deepseek-r1-qwen3-8b': 'Thinks at length: sums, logic and code; answers take their time.',
    'qwen3-8b': 'Solid answers in many languages; may think first.',
    'qwen3-4b': 'The best small model for daily questions, in many languages; answers at once.',
    'smollm3-3b': 'European languages and long texts; fully open, may think first.',
    'qwen3-1.7b': 'Everyday questions in many languages where memory is scarce.',
    'smollm2-1.7b': 'Rewriting and summing up in English.',
    'qwen3-0.6b': 'Very small, yet speaks many languages; simple questions only.',
    'smollm2-360m': 'A few sentences of English, quickly; knows little.',
    'smollm2-135m': 'To try whether all works: tiny, English, often wrong.',
  } satisfies Record<CatalogueId, string>,
};

export const recommended = {
  /** Facts in a row, within a sentence. */
  list: (facts: readonly string[]) => facts.join(', '),
  label: 'Recommended for this device',
  can: (title: string, facts: string) => `This device can run ${title}: ${facts}.`,
  should: (title: string, facts: string) => `This device should be able to run ${title}: ${facts}.`,
  time: (seconds: number) => `about ${duration(seconds)} at the speed the browser estimates`,
  timeAtMost: (seconds: number) => `${duration(seconds)} at most at the speed the browser estimates`,
  get: (title: string) => `Download ${title}`,
  arriving: (title: string, share: string) => `${title} is arriving. ${share}`.trim(),
  waiting: (title: string) => `${title} is in the list of downloads.`,
  elsewhere: (title: string, share: string) => `${title} is arriving in another tab. ${share}`.trim(),
  ready: (title: string) => `${title} is on this device.`,
};

export const storage = {
  used: (used: string, allowed: string) => `${used} used of ${allowed} that the browser allows`,
  usedOnly: (used: string) => `${used} used; the browser does not tell how much it allows`,
  parts: 'What takes how much',
  whole: 'Models',
  unfinished: 'Unfinished downloads',
  shell: 'This page itself, for use without a network',
  rest: 'Conversations and settings, about',
  nothing: 'No models are stored.',
  guide: 'The guide came with the page and is part of it.',
  kept: 'The browser has promised not to remove any of this by itself.',
  notKept: 'The browser may remove it when the disk runs full.',
  ask: 'Ask the browser to keep it',
  refused:
    'The browser has not agreed. It decides by how much the page is used: installing it, or a bookmark, helps.',
};
