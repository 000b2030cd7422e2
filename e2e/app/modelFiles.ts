/** Model files for the specs: recorded tiny ones, whole or with a fault put in. */
import { readFileSync } from 'node:fs';
import { after, setNumber } from '../../src/tools/ggufEdits.ts';
import { tinyLlama } from '../../src/tools/tinyGguf.ts';
import type { FilePayload } from './product.ts';

type Family = 'llama' | 'qwen2' | 'qwen3' | 'gemma3' | 'qwen3_moe';

export function tinyModel(
  family: Family = 'llama',
  change: (bytes: Buffer) => Buffer | void = () => undefined,
): FilePayload {
  const bytes = readFileSync(`src/graph/fixtures/${family}/model.gguf`);
  return {
    name: `tiny-${family}.gguf`,
    mimeType: 'application/octet-stream',
    buffer: change(bytes) ?? bytes,
  };
}

/** A model that never ends its answer by itself, with room for a long one. */
export function talker(): FilePayload {
  return tinyModel('llama', (bytes) => {
    setNumber(bytes, 'llama.context_length', 4096);
    silenceEnd(bytes);
  });
}

/**
 * Zeroes the head's row of `<|end|>`: a logit of 0 is never among the likeliest.
 * The embeddings, which are the head too, are the first tensor: F16 [220, 84].
 */
function silenceEnd(bytes: Buffer): void {
  const lastInfo = after(bytes, 'output_norm.weight') + 4 + 8 + 4 + 8;
  const data = Math.ceil(lastInfo / 32) * 32;
  const rowBytes = 84 * 2;
  bytes.fill(0, data + rowBytes, data + 2 * rowBytes);
}

/** A model of five records. */
export function bigModel(): Uint8Array<ArrayBuffer> {
  const shape = { hidden: 1024, inner: 3584, heads: 16, kvHeads: 4, headDim: 64, layers: 3, vocab: 300 };
  return tinyLlama(1, 'llama', shape).file;
}
