/**
 * Tokens that end an answer, known by their spelling: files often name only one
 * end-of-sequence id while the chat template ends turns with another token.
 */
const TURN_ENDS: ReadonlySet<string> = new Set([
  '<|im_end|>',
  '<|eot_id|>',
  '<|eom_id|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<｜end▁of▁sentence｜>',
  '<end_of_utterance>',
  '<turn|>',
  '[EOT]',
  '<EOT>',
  '</s>',
  '<eos>',
]);

export function endsTurn(token: string): boolean {
  return TURN_ENDS.has(token);
}

/**
 * The stop ids of a vocabulary: those the file names, and every control token
 * whose spelling ends a turn. In the harmony format (gpt-oss) `<|end|>` closes
 * one channel and the answer goes on, so there it is not one.
 */
export function stopIdsOf(
  named: readonly (number | null)[],
  controls: Iterable<readonly [id: number, text: string]>,
): number[] {
  const ids = new Set<number>();
  for (const id of named) if (id !== null) ids.add(id);
  const bySpelling = new Map([...controls].map(([id, text]) => [text, id] as const));
  const harmony = bySpelling.has('<|return|>') && bySpelling.has('<|call|>');
  for (const [text, id] of bySpelling) {
    if (endsTurn(text) && !(harmony && text === '<|end|>')) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}
