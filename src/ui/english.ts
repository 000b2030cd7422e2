/** The page's words but for failures (words.ts): together, so that another language is another table. */
import type { Message } from '../state/chat.ts';
import type { Browser } from './browser.ts';
import { count, duration, rate, seconds, size } from './format.ts';

export const say = {
  name: 'Shoal',
  what: 'Shoal runs chat models on this device’s own graphics processor. After the first download it needs no network, and nothing you write leaves the device.',

  device: {
    asking: 'Looking at this device',
    can: (name: string, storage: string) => `This device can do it: ${name}${storage}.`,
    software: (name: string) =>
      `There is no graphics processor here, only a program that imitates one (${name}). Small models answer, slowly.`,
    free: (bytes: number) => `, ${size(bytes)} of storage free`,
    unnamed: 'a graphics processor with WebGPU',
  },

  howToWebGpu: {
    insecure:
      'The page came over plain http, and browsers offer WebGPU only over https or from localhost. Open it there.',
    chromium:
      'Open Settings, System, and turn on “Use graphics acceleration when available”. Then restart the browser. WebGPU needs version 113 or newer.',
    chromiumLinux:
      'Turn on graphics acceleration in Settings, System. If that is not enough, open chrome://flags, enable “Unsafe WebGPU Support” and “Vulkan”, and restart the browser.',
    chromiumAndroid:
      'WebGPU needs Chrome 121 or newer on Android 12 or newer. Update both and open this page again.',
    firefox:
      'WebGPU is on in Firefox 141 and newer on Windows, 145 and newer on Macs with Apple silicon. Elsewhere, open about:config and set dom.webgpu.enabled to true.',
    safariIos: 'WebGPU needs iOS or iPadOS 26. Update the system and open this page again.',
    safari: 'WebGPU needs Safari 26, or macOS 26. Update and open this page again.',
    other: 'Open this page in a current Chrome, Edge, Firefox or Safari.',
  } satisfies Record<Browser, string>,

  add: {
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
  },

  weights: {
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
  },

  models: {
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
  },

  state: {
    ready: 'ready',
    reading: 'reading',
    speaking: 'speaking',
    loading: 'loading',
    phases: {
      device: 'Waking the graphics processor',
      weights: 'Moving weights to the graphics processor',
      kernels: 'Preparing kernels',
      ready: 'Ready',
    },
    memory: (bytes: number) => size(bytes),
    lost: 'device lost',
  },

  chat: {
    composer: 'Message',
    placeholder: 'Message',
    placeholderNone: 'Load a model to chat',
    placeholderLoading: 'Write; the model is loading',
    send: 'Send',
    stop: 'Stop',
    stopping: 'Stopping',
    keys: 'Enter sends, Shift+Enter makes a new line.',
    you: 'You',
    answer: 'Answer',
    thinking: 'Reading',
    prefill: (done: number, total: number) => `Reading ${count(done)} of ${count(total)} tokens`,
    copy: 'Copy',
    copied: 'Copied',
    copyCode: 'Copy code',
    again: 'Regenerate',
    askAgain: 'Answer',
    edit: 'Edit',
    editLabel: 'Your message',
    editNote: 'What follows it will be answered anew.',
    save: 'Send',
    cancel: 'Cancel',
    latest: 'To the latest',
    finished: 'Answer finished.',
    conversation: 'Conversation',
    new: 'New chat',
    newTitle: 'Begin a new chat?',
    newBody: 'This conversation will be deleted from the device.',
    newConfirm: 'Delete and begin',
    figures: ({ tokens, tokensPerSecond, timeToFirstTokenMs }: NonNullable<Message['figures']>) =>
      `${count(tokens)} ${tokens === 1 ? 'token' : 'tokens'} · ${rate(tokensPerSecond)} tokens/s · first after ${seconds(timeToFirstTokenMs)}`,
    ends: {
      stop: '',
      length: 'Stopped at the longest answer the settings allow.',
      aborted: 'Stopped.',
      context: 'The model’s context is full: it can’t say more in this conversation.',
      failed: 'Cut off by a failure.',
    } satisfies Record<NonNullable<Message['end']>, string>,
    nothing: 'The model ended its answer without a word.',
    dropped: (n: number) =>
      n === 1
        ? 'The oldest message was left out so that the rest fits.'
        : `The ${n} oldest messages were left out so that the rest fits.`,
    table: 'Table',
    image: (alt: string) => `Image: ${alt === '' ? 'no description' : alt}`,
    suggestions: [
      'Explain how rainbows form, in three sentences.',
      'Write a short poem about the sea at night.',
      'Give me a Python function that reverses a list.',
    ],
  },

  settings: {
    open: 'Settings',
    title: 'Settings',
    system: 'System prompt',
    systemHint: 'Told to the model before the conversation.',
    drawing: 'How answers are drawn',
    temperature: ['Temperature', '0 always takes the likeliest token.'],
    topK: ['Top-k', 'Choose among this many tokens; 0 for all.'],
    topP: ['Top-p', 'Choose among tokens that make up this share.'],
    minP: ['Min-p', 'Leave out tokens below this share of the likeliest.'],
    repetitionPenalty: ['Repetition penalty', '1 for none.'],
    frequencyPenalty: ['Frequency penalty', '0 for none.'],
    presencePenalty: ['Presence penalty', '0 for none.'],
    seed: ['Seed', 'Empty draws a new one for each answer.'],
    maxTokens: ['Longest answer', 'In tokens.'],
    contextLength: [
      'Context',
      'Tokens the model may look back on; more takes more memory. Used at the next load.',
    ],
    reset: 'Back to defaults',
    deviceTitle: 'This device',
    deviceFacts: {
      adapter: 'Adapter',
      kind: 'Kind',
      shape: 'Kernels for',
      buffer: 'Largest buffer',
      features: 'Features',
      context: 'Context',
    },
    softwareKind: 'software',
    hardwareKind: 'hardware',
    install: 'Install Shoal',
    installHint: 'Opens in its own window, works offline.',
  },

  alerts: {
    region: 'Problems',
    dismiss: 'Dismiss',
    loadAgain: 'Load the model again',
    reload: 'Reload the page',
    detail: 'Details',
  },
  update: { ready: 'A new version of Shoal is here.', apply: 'Reload to use it', later: 'Later' },
} as const;
