/** The frame around the conversation. */
import { size } from '../format.ts';

/** `tag` names the language to the browser, `name` to people who read it. */
export const language = { tag: 'en', name: 'English' };

export const name = 'Shoal';

export const title = 'Shoal: chat models on your own device';

export const what =
  'Shoal runs chat models on this device’s own graphics processor. After the first download it needs no network, and nothing you write leaves the device.';

export const state = {
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
};

export const alerts = {
  region: 'Problems',
  dismiss: 'Dismiss',
  loadAgain: 'Load the model again',
  reload: 'Reload the page',
  /** Of a model that could not be loaded: what takes its place. */
  coming: (title: string) => `${title} is being loaded in its place.`,
  now: (title: string) => `${title} answers now.`,
  nobody: 'No model answers now.',
  detail: 'Details',
};

/** In place of a part of the page that is fetched when it is needed, and was not. */
export const missing = {
  title: 'A part of this page could not be fetched',
  words:
    'The network is away, or a newer version of the page has taken its place. Your models and this conversation are kept. Try again when you are online, or reload the page.',
  again: 'Try again',
};

export const frame = {
  conversations: 'Conversations',
  hideConversations: 'Hide the conversations',
  experts: 'Experts',
  hideExperts: 'Hide the experts',
  device: 'This device',
};

/** Said above the composer for as long as it is so. */
export const standing = {
  guide: 'Guide: tiny, explains Shoal only.',
  nobody: 'No model is loaded.',
  models: 'Models',
  /** By what is in the way. */
  processor: {
    NO_WEBGPU: 'It answers on the processor: this browser offers no WebGPU.',
    NO_ADAPTER: 'It answers on the processor: WebGPU is here, but no graphics processor was offered.',
    ADAPTER_TOO_SMALL: 'It answers on the processor: the graphics processor allows less than models need.',
    KERNEL_CHECK_FAILED:
      'It answers on the processor: WebGPU is here, but a test found that the graphics processor computes wrongly.',
    other: 'It answers on the processor: the graphics processor could not be used.',
  },
  howTo: 'How to switch it on',
  whatToDo: 'What to do',
};

export const tabs = {
  title: 'Shoal is in use in another tab',
  body: 'The graphics processor holds one model, so one tab at a time uses it. Your conversations are the same in both.',
  /** In the header, where a model's name stands else. */
  short: 'In another tab',
  takeOver: 'Use it here',
  taking: 'Waiting for the other tab to let go',
};

export const shortcuts = {
  title: 'Keyboard shortcuts',
  note: 'Single keys work while you are not writing; those with a modifier always do.',
  or: 'or',
  acts: {
    help: 'This sheet',
    newChat: 'New chat',
    compose: 'To the message field',
    stop: 'Stop the answer',
    sidebar: 'Show or hide the conversations',
    search: 'Search the conversations',
    models: 'Models',
    settings: 'Settings',
    previous: 'Previous conversation',
    next: 'Next conversation',
    experts: 'Show or hide the experts',
  },
  single: 'Single keys, while nothing is being written',
  named: { control: 'Ctrl', shift: 'Shift', escape: 'Esc' },
};

export const update = { ready: 'A new version of Shoal is here.', apply: 'Reload to use it', later: 'Later' };
