/**
 * `npm run proven`: compares the README's table of families and formats with the
 * golden tests that passed in the last `npm test -- gpu-browser`. `--write` puts the
 * table there. Exit status 1 where the README says something else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { readProven } from './proven/checkpoints.ts';
import { markedPart, provenTable, withMarkedPart, type Proven } from './proven/table.ts';

const REPORT = '.cache/reports/gpu-browser.json';
const README = 'README.md';

const Report = v.object({
  testResults: v.array(
    v.object({ assertionResults: v.array(v.object({ title: v.string(), status: v.string() })) }),
  ),
});

const TITLE = /^(?<name>\S+) equals PyTorch from (?<from>GGUF|a Hugging Face folder)$/;

export async function main(args: readonly string[]): Promise<number> {
  const table = provenTable(
    await Promise.all(passedCheckpoints().map(([name, from]) => readProven(name, from))),
  );
  const readme = readFileSync(README, 'utf8');
  if (args.includes('--write')) {
    writeFileSync(README, withMarkedPart(readme, table));
    return 0;
  }
  if (markedPart(readme) === table) return 0;
  console.error(
    `README.md does not show what the tests proved:\n\n${table}\n\nnpm run proven -- --write puts it there.`,
  );
  return 1;
}

function passedCheckpoints(): readonly (readonly [string, Proven['container']])[] {
  const report = v.parse(Report, JSON.parse(readFileSync(REPORT, 'utf8')));
  const passed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed')
    .map(({ title }) => TITLE.exec(title)?.groups ?? {});
  const checkpoints = passed.flatMap(({ name, from }): [string, Proven['container']][] =>
    name === undefined ? [] : [[name, from === 'GGUF' ? 'GGUF' : 'safetensors']],
  );
  if (checkpoints.length === 0)
    throw new Error(`no golden test passed in ${REPORT}: run npm test -- gpu-browser`);
  return checkpoints;
}
