/** Files that come with the next question: taken in, counted, and refused in words where they can't be. */
import type { WorkerApi } from '../protocol/api.ts';
import { estimateTokens, readTextFile } from './attachments.ts';
import type { ChatStore } from './chat.ts';
import type { Notices } from './notices.ts';
import type { SettingsRoom } from './settings.ts';

interface Neighbours {
  readonly api: WorkerApi;
  readonly notices: Notices;
  readonly settings: SettingsRoom;
  readonly contextLength: () => number | null;
  readonly store: ChatStore;
  readonly keepDraft: () => void;
}

/** Of the context, what files leave to the question and the answer: this much, or a quarter where that is less. */
const LEFT_FOR_WORDS = 512;

export function createAttaching({ api, notices, settings, contextLength, store, keepDraft }: Neighbours) {
  async function tokensOf(text: string): Promise<number> {
    if (contextLength() === null) return estimateTokens(text);
    const counted = await api.countTokens(text);
    return counted.ok ? counted.value : estimateTokens(text);
  }

  async function attachOne(file: File): Promise<void> {
    const { name } = file;
    const read = await readTextFile(file);
    if (!read.ok) {
      notices.tell({ kind: 'fileRefused', name, why: read.why, tokens: 0, allowed: 0 });
      return;
    }
    const tokens = await tokensOf(read.text);
    const context = contextLength() ?? settings.store.getState().contextLength;
    const room = context - Math.min(LEFT_FOR_WORDS, Math.floor(context / 4));
    const others = store.getState().attachments;
    const allowed = Math.max(
      0,
      others.reduce((left, other) => left - other.tokens, room),
    );
    if (tokens > allowed) {
      notices.tell({ kind: 'fileRefused', name, why: 'long', tokens, allowed });
      return;
    }
    store.setState({ attachments: [...others, { name, text: read.text, bytes: file.size, tokens }] });
    keepDraft();
  }

  return {
    /** One after the other, so that each knows what room those before it left. */
    async attach(files: readonly File[]): Promise<void> {
      for (const file of files) await attachOne(file);
    },
    detach(index: number): void {
      store.setState(({ attachments }) => ({ attachments: attachments.filter((_, at) => at !== index) }));
      keepDraft();
    },
  };
}
