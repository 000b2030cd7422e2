/** Which layers have experts, and how many entries a token has in their routes. */
import type { LayerSpec, MoeFfnSpec } from '../models/index.ts';

export function moeOf({ ffn }: LayerSpec): MoeFfnSpec | null {
  return ffn.kind === 'moe' ? ffn : null;
}

/** Entries a token has in a layer's routes: the chosen experts, then the shared one's pieces. */
export function entriesOf({ topK, shared }: MoeFfnSpec): number {
  return topK + (shared === null ? 0 : Math.max(shared.pooled, 1));
}
