/**
 * llama.cpp on the F32 GGUF of every tiny checkpoint, against PyTorch's logits:
 * `node src/tools/run.mjs src/tools/golden/checkConversion.ts`, after
 * checkpoints.py. A wrong permutation, norm or rope key shows here, not in us.
 */
import { existsSync } from 'node:fs';
import { GOLDEN_MODELS, readGolden } from '../../graph/golden.ts';
import { compareRows } from '../../graph/compareRows.ts';
import { openLlamaCpp } from '../llamaCpp.ts';

/** It reads no soft caps for Gemma 3, as no published one has them. */
const UNKNOWN_TO_LLAMA_CPP = 'gemma3-caps';

/** llama.cpp sums in f32 in another order than PyTorch, and looks GELU up in a table of f16. */
const tolerance = (name: string): number => (name.startsWith('gemma') ? 1e-3 : 1e-5);

export async function main(): Promise<number> {
  let bad = 0;
  for (const name of GOLDEN_MODELS.filter((one) => one !== UNKNOWN_TO_LLAMA_CPP)) {
    const path = `.cache/golden/${name}.f32.gguf`;
    if (!existsSync(path)) throw new Error(`${path} is not there: run src/tools/golden/checkpoints.py`);
    const golden = await readGolden(name);
    const llama = await openLlamaCpp(path, 256);
    const logits = await llama.logits(golden.tokens);
    await llama.dispose();
    const joined = Float32Array.from(logits.flatMap((row) => Array.from(row)));
    const { relative, maxAbs } = compareRows(joined, golden.logits, golden.vocab);
    if (!(relative < tolerance(name))) bad += 1;
    console.log(
      `${name}: worst row ${relative.toExponential(1)} relative, ${maxAbs.toExponential(1)} at most`,
    );
  }
  return bad === 0 ? 0 : 1;
}
