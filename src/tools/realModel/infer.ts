/** `npm run infer` as another program runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const ReportSchema = v.object({
  promptTokens: v.number(),
  tokens: v.array(v.number()),
  text: v.string(),
  adapter: v.string(),
});
export type Inferred = v.InferOutput<typeof ReportSchema>;

export async function infer(args: readonly string[]): Promise<Inferred> {
  const command = ['run', '--silent', 'infer', '--', ...args];
  const { stdout } = await promisify(execFile)('npm', command, { maxBuffer: 1 << 26 }).catch(
    (error: unknown) => {
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
      throw new Error(`npm ${command.join(' ').slice(0, 200)} failed: ${said}`, { cause: error });
    },
  );
  return v.parse(ReportSchema, JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** Logits after each token, [tokens] x [vocab]. */
export async function inferLogits(
  args: readonly string[],
  tokens: readonly number[],
): Promise<readonly Float32Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-logits-'));
  const file = join(folder, 'logits.bin');
  try {
    await infer([...args, '--tokens', tokens.join(), '--max-tokens', '0', '--logits', file]);
    const bytes = readFileSync(file);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const vocab = values.length / tokens.length;
    return tokens.map((_, t) => values.subarray(t * vocab, (t + 1) * vocab));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
