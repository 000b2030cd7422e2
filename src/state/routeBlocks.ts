/**
 * The experts behind each token of the answers spoken lately. Bounded: where it is
 * full, the oldest tokens' go.
 */
import type { ExpertShape, Routes } from '../protocol/api.ts';

export interface ExpertRef {
  /** Among the layers that have experts. */
  readonly layer: number;
  readonly expert: number;
}

export type TokenChoice = Pick<Routes, 'ids' | 'weights'>;

export interface RouteBlocks {
  /** Whether some had to go to stay within the bound. */
  readonly full: boolean;
  add(message: string, routes: Routes): void;
  /** null where it is not known, or was let go. */
  choice(message: string, token: number): TokenChoice | null;
  chose(message: string, token: number, expert: ExpertRef): boolean;
  forget(message: string): void;
}

/** Tokens that lie, and are let go, together. */
const BLOCK = 32;
const NO_EXPERT = 0xffff;

interface Block {
  readonly message: string;
  /** Of its first token, in blocks. */
  readonly number: number;
  readonly ids: Uint16Array; // [BLOCK, layers, topK]
  readonly weights: Float32Array; // [BLOCK, layers, topK]
}

export function createRouteBlocks({ layers, topK }: ExpertShape, mostBytes: number): RouteBlocks {
  const width = layers * topK;
  const most = Math.max(1, Math.floor(mostBytes / (BLOCK * width * 6)));
  const byMessage = new Map<string, Map<number, Block>>();
  let oldestFirst: Block[] = [];
  let full = false;

  const blockOf = (message: string, token: number): Block | undefined =>
    byMessage.get(message)?.get(Math.floor(token / BLOCK));

  function letOldestGo(): void {
    const oldest = oldestFirst.shift();
    if (!oldest) return;
    full = true;
    const others = byMessage.get(oldest.message);
    others?.delete(oldest.number);
    if (others?.size === 0) byMessage.delete(oldest.message);
  }

  function newBlock(message: string, number: number): Block {
    if (oldestFirst.length >= most) letOldestGo();
    const ids = new Uint16Array(BLOCK * width).fill(NO_EXPERT);
    const block = { message, number, ids, weights: new Float32Array(BLOCK * width) };
    oldestFirst.push(block);
    const others = byMessage.get(message) ?? new Map<number, Block>();
    byMessage.set(message, others.set(number, block));
    return block;
  }

  return {
    get full() {
      return full;
    },
    add(message, { token, ids, weights }) {
      if (ids.length !== width) return;
      const block = blockOf(message, token) ?? newBlock(message, Math.floor(token / BLOCK));
      block.ids.set(ids, (token % BLOCK) * width);
      block.weights.set(weights, (token % BLOCK) * width);
    },
    choice(message, token) {
      const block = blockOf(message, token);
      if (!block) return null;
      const from = (token % BLOCK) * width;
      const ids = block.ids.slice(from, from + width);
      if (ids.every((id) => id === NO_EXPERT)) return null;
      return { ids, weights: block.weights.slice(from, from + width) };
    },
    chose(message, token, { layer, expert }) {
      const block = blockOf(message, token);
      if (!block) return false;
      const from = (token % BLOCK) * width + layer * topK;
      for (let k = 0; k < topK; k++) if (block.ids[from + k] === expert) return true;
      return false;
    },
    forget(message) {
      if (!byMessage.delete(message)) return;
      oldestFirst = oldestFirst.filter((block) => block.message !== message);
    },
  };
}
