/**
 * SentencePiece BPE keeps no list of merges: it joins the adjacent pair whose
 * joined text is the piece of the highest score, leftmost first. A tokenizer.json
 * wants the list, so every way to cut a piece into two mergeable halves becomes
 * a merge, ordered by the piece's score.
 *
 * Only ordinary pieces are made by merging. llama.cpp lets any vocabulary entry
 * be, so there text that spells `<s>` can become the control token.
 *
 * Two cuts of one piece get different ranks where SentencePiece would go by
 * position; they compete only if both halves overlap in the text (x·y = y·z).
 */
export function mergesFromScores(pieces: readonly (readonly [piece: string, score: number])[]): string[] {
  const scores = new Map(pieces);
  const byScore = [...pieces].sort((a, b) => b[1] - a[1]);
  const merges: string[] = [];
  for (const [piece] of byScore) {
    const characters = Array.from(piece);
    let left = '';
    for (let cut = 1; cut < characters.length; cut++) {
      left += characters[cut - 1];
      const right = piece.slice(left.length);
      // A lone character can always be merged: it is where merging starts.
      const leftReachable = cut === 1 || scores.has(left);
      const rightReachable = cut === characters.length - 1 || scores.has(right);
      if (leftReachable && rightReachable) merges.push(`${left} ${right}`);
    }
  }
  return merges;
}
