/** The list of conversations. */
import { count, size } from '../format.ts';
import { MOST_FILE_BYTES } from '../../state/attachments.ts';
import type { FileRefusal, ImportRefusal } from '../../state/notices.ts';

const some = (n: number): string => `${count(n)} ${n === 1 ? 'conversation' : 'conversations'}`;

export const conversations = {
  title: 'Conversations',
  close: 'Close the list of conversations',
  new: 'New chat',
  untitled: 'New chat',
  search: 'Search conversations',
  clearSearch: 'Clear the search',
  found: (n: number) => `${some(n)} found`,
  foundNone: (query: string) => `Nothing has the words “${query}”.`,
  none: 'What you ask is kept here, on this device only.',
  speaking: 'An answer is being written',
  pinned: 'Pinned',
  today: 'Today',
  yesterday: 'Yesterday',
  lastWeek: 'The last seven days',
  lastMonth: 'The last thirty days',
  options: (title: string) => `Options for ${title}`,
  rename: 'Rename',
  renameLabel: 'Title',
  pin: 'Pin',
  unpin: 'Unpin',
  system: 'System prompt',
  exportMarkdown: 'Export as Markdown',
  exportJson: 'Export as JSON',
  remove: 'Delete',
  import: 'Import',
  importHint: 'Import conversations that were exported as JSON or Markdown',
  exportAll: 'Export all',
  exportAllHint: 'Export all conversations as one JSON file',
  systemHint: (title: string) => `Told to the model before “${title}”. It takes effect with the next answer.`,
  systemHintNew: 'Told to the model before your first question, in this chat alone.',
  systemOwn: 'This chat’s own system prompt',
  systemDefault: 'Use the one in the settings',
  save: 'Save',
  cancel: 'Cancel',
  markdown: { untitled: 'Conversation', you: 'You', model: 'Model', system: 'System prompt' },
};

export const notices = {
  region: 'Notices',
  dismiss: 'Dismiss',
  undo: 'Undo',
  removed: (title: string) => `“${title}” is deleted.`,
  setAside: (n: number) =>
    `${n === 1 ? 'One conversation' : some(n)} could not be read and ${n === 1 ? 'is' : 'are'} set aside, unchanged, in this browser’s storage. Everything else is here.`,
  newer:
    'A newer version of this page has kept conversations and settings here. This version leaves them as they are: what you do now stays only until the page is closed. Reload to get the newer version.',
  imported: (n: number) => `${some(n)} imported.`,
  importRefused: (name: string, why: ImportRefusal, at: string) =>
    `${name} was not imported: ${IMPORT_REASONS[why]}${at === '' ? '' : ` (at ${at})`}. Nothing was changed.`,
  fileRefused: (name: string, why: FileRefusal, tokens: number, allowed: number) =>
    why === 'long'
      ? `${name} is too long: ${count(tokens)} tokens, where the context leaves ${count(allowed)}. Give a shorter part of it, or raise the context in the settings and load the model again.`
      : `${name} was not added: ${FILE_REASONS[why]}.`,
};

const IMPORT_REASONS: Record<ImportRefusal, string> = {
  notOurs: 'it is not a file that Shoal exported',
  newer: 'a newer version of Shoal wrote it',
  unreadable: 'what is in it is not as Shoal writes it',
};

const FILE_REASONS: Record<Exclude<FileRefusal, 'long'>, string> = {
  binary: 'it is not text, and models read only text',
  empty: 'it is empty',
  large: `it is larger than ${size(MOST_FILE_BYTES)}`,
  unreadable: 'the browser could not read it',
};
