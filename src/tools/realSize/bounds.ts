/** What an import and a decoded token may cost at the most, and how near to PyTorch the logits are. */
import { heapBytes } from './heapMeter.ts';
import type { SizeFigures } from './measure.ts';
import { errorOf, type Recorded } from './recorded.ts';

const IMPORT_HEAP = 300e6;
const WEIGHTS_READ = 1.02;
const ERROR = 1e-4;

/** In words; empty where all is within them. */
export function overBounds(figures: SizeFigures, recorded: Recorded | null): readonly string[] {
  const { importPeak, completion, traced, activeBytes, logits } = figures;
  const said: string[] = [];
  const held = heapBytes(importPeak);
  if (held > IMPORT_HEAP) said.push(`the import held ${mega(held)} of JavaScript memory, not 300 MB`);
  const read = completion.weightBytesPerToken;
  if (read > WEIGHTS_READ * activeBytes)
    said.push(`a token reads ${mega(read)} of weights, not ${WEIGHTS_READ} times ${mega(activeBytes)}`);
  const broken = logits.filter((value) => !Number.isFinite(value)).length;
  if (broken > 0 || logits.length === 0) said.push(`${broken} of ${logits.length} logits are no numbers`);
  if (completion.tokens.join() !== traced.join())
    said.push(`two runs wrote ${completion.tokens.join()} and ${traced.join()}`);
  if (recorded === null) return said;
  const error = errorOf(logits, recorded);
  if (!(error < ERROR)) said.push(`the logits are ${error} from PyTorch's, not ${ERROR}`);
  const theirs = recorded.tokens.slice(-traced.length).join();
  if (traced.join() !== theirs) said.push(`the tokens are ${traced.join()}, not PyTorch's ${theirs}`);
  return said;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
