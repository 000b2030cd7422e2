/** Files that come with the next question: taken in, counted, and refused in words where they can't be. */
import type { WorkerApi } from '../protocol/api.ts';
import { estimateTokens, readTextFile } from './attachments.ts';
import type { ChatStore } from './chat.ts';
import type { Head } from './conversation.ts';
import type { Shelf } from './conversationShelf.ts';
import type { Notices } from './notices.ts';
import type { SettingsRoom } from './settings.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly notices: Notices;
  readonly settings: SettingsRoom;
  readonly contextLength: () => number | null;
  readonly shelf: Shelf;
  readonly store: ChatStore;
  readonly keepDraft: () => void;
  /** Under which a conversation's draft is kept; NEW_CHAT where it is on no list. */
  readonly draftKey: (head: Head) => string;
}

/** The draft of a new chat is kept under no conversation's id. */
export const NEW_CHAT = '';

/** Of the context, what files leave to the question and the answer: this much, or a quarter where that is less. */
const LEFT_FOR_WORDS = 512;

export function createAttaching(neighbours: Neighbours) {
  const { api, notices, settings, contextLength, shelf, store, keepDraft, draftKey } = neighbours;
  const openHead = (): Head => store.getState().conversation;

  async function tokensOf(text: string): Promise<number> {
    if (contextLength() === null) return estimateTokens(text);
    const counted = await api.countTokens(text);
    return counted.ok ? counted.value : estimateTokens(text);
  }

  /** To the draft it was given with, whichever is open by then. */
  async function attachOne(file: File, to: Head, listed: boolean): Promise<void> {
    const { name } = file;
    const read = await readTextFile(file);
    if (!read.ok) {
      notices.tell({ kind: 'fileRefused', name, why: read.why, tokens: 0, allowed: 0 });
      return;
    }
    const tokens = await tokensOf(read.text);
    const context = contextLength() ?? settings.store.getState().contextLength;
    const room = context - Math.min(LEFT_FOR_WORDS, Math.floor(context / 4));
    const key = draftKey(to);
    // Removed meanwhile.
    if (listed && key === NEW_CHAT) return;
    const away = draftKey(openHead()) === key ? null : await shelf.draft(key);
    const others = (away ?? store.getState()).attachments;
    const allowed = Math.max(
      0,
      others.reduce((left, other) => left - other.tokens, room),
    );
    if (tokens > allowed) {
      notices.tell({ kind: 'fileRefused', name, why: 'long', tokens, allowed });
      return;
    }
    const attachments = [...others, { name, text: read.text, bytes: file.size, tokens }];
    if (away && draftKey(openHead()) !== key) {
      shelf.keepDraft(key, { ...away, attachments });
      return;
    }
    store.setState({ attachments });
    keepDraft();
  }

  return {
    /** One after the other, so that each knows what room those before it left. */
    async attach(files: readonly File[]): Promise<void> {
      const to = openHead();
      const listed = draftKey(to) !== NEW_CHAT;
      for (const file of files) await attachOne(file, to, listed);
    },
    detach(index: number): void {
      store.setState(({ attachments }) => ({ attachments: attachments.filter((_, at) => at !== index) }));
      keepDraft();
    },
  };
}
