/** What an import and a decoded token may cost at the most. */
import { heapBytes } from './heapMeter.ts';
import type { SizeFigures } from './measure.ts';

const IMPORT_HEAP = 300e6;
const WEIGHTS_READ = 1.02;

/** In words; empty where all is within them. */
export function overBounds(figures: SizeFigures): readonly string[] {
  const { importPeak, completion, activeBytes, logits } = figures;
  const said: string[] = [];
  const held = heapBytes(importPeak);
  if (held > IMPORT_HEAP) said.push(`the import held ${mega(held)} of JavaScript memory, not 300 MB`);
  const read = completion.weightBytesPerToken;
  if (read > WEIGHTS_READ * activeBytes)
    said.push(`a token reads ${mega(read)} of weights, not ${WEIGHTS_READ} times ${mega(activeBytes)}`);
  const broken = logits.filter((value) => !Number.isFinite(value)).length;
  if (broken > 0 || logits.length === 0) said.push(`${broken} of ${logits.length} logits are no numbers`);
  return said;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
