/** What PyTorch says of a checkpoint of ours: SHAPE-LAYERS.json, written by record.py. */
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { compareRows } from '../../graph/compareRows.ts';
import type { ShapeName } from './shapes.ts';

const RecordedSchema = v.object({
  /** The prompt and the greedy ones. */
  tokens: v.array(v.number()),
  /** Ids of the vocabulary between two whose logits are written. */
  stride: v.number(),
  /** How far the best token is ahead, after each. */
  leads: v.array(v.number()),
  /** Of every stride-th token of the vocabulary, after each. */
  logits: v.array(v.array(v.number())),
});
export type Recorded = v.InferOutput<typeof RecordedSchema>;

/** null where none was made: a shape may need more memory than the machine had. */
export function readRecorded(shape: ShapeName, layers: number): Recorded | null {
  const file = new URL(`${shape}-${layers}.json`, import.meta.url);
  return existsSync(file) ? v.parse(RecordedSchema, JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** The largest relative error of a position's logits. [positions, vocab] */
export function errorOf(logits: Float32Array, { logits: rows, stride }: Recorded): number {
  const vocab = logits.length / rows.length;
  if (!Number.isInteger(vocab))
    throw new Error(`${logits.length} logits are not of ${rows.length} positions`);
  const ours = logits.filter((_, at) => (at % vocab) % stride === 0);
  const theirs = Float32Array.from(rows.flat());
  if (ours.length !== theirs.length) throw new Error(`${ours.length} logits, recorded are ${theirs.length}`);
  return compareRows(ours, theirs, ours.length / rows.length).relative;
}
