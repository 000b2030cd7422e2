/**
 * `npm test`: everything, in sequence, each step with its time. It fails if a
 * step fails or a step of tests ran none. `npm test -- lint unit` runs only the
 * steps named. The last line is `N passed, N failed`, summed from the reports;
 * a step that fails without naming a failed test counts as one.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from '../chromium.ts';
import { readCounts, type Counts, type Reporter } from './counts.ts';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Of the JSON report it leaves; steps that are no tests have none. */
  readonly reporter?: Reporter;
}

interface Outcome {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
}

const REPORTS = '.cache/reports';

const STEPS: readonly Step[] = [
  { name: 'typecheck', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'format', command: ['npm', 'run', '--silent', 'format:check'] },
  { name: 'knip', command: ['npx', 'knip'] },
  vitest('unit', ['--project', 'unit']),
  vitest('gpu-node', ['--project', 'gpu-node']),
  vitest('gpu-browser', ['--project', 'gpu-browser']),
  { name: 'proven', command: ['npm', 'run', '--silent', 'proven'] },
  vitest('real-model', ['--config', 'src/tools/realModel/vitest.config.ts']),
  vitest('real-size', ['--config', 'src/tools/realSize/vitest.config.ts']),
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'e2e', command: ['npx', 'playwright', 'test', '--reporter=list,json'], reporter: 'playwright' },
];

function vitest(name: string, options: readonly string[]): Step {
  const report = `--outputFile.json=${reportOf(name)}`;
  const reporters = ['--reporter=default', '--reporter=json', report];
  return { name, command: ['npx', 'vitest', 'run', ...options, ...reporters], reporter: 'vitest' };
}

function reportOf(name: string): string {
  return join(REPORTS, `${name}.json`);
}

function exitStatus(step: Step): Promise<number> {
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(step.name) };
  const [program = '', ...args] = step.command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function countsOf(step: Step): Counts {
  const none = { passed: 0, failed: 0, skipped: 0 };
  const path = reportOf(step.name);
  if (step.reporter === undefined || !existsSync(path)) return none;
  return readCounts(step.reporter, readFileSync(path, 'utf8'));
}

async function run(step: Step): Promise<Outcome> {
  console.log(`\n=== ${step.name}`);
  rmSync(reportOf(step.name), { force: true });
  const start = performance.now();
  const status = await exitStatus(step);
  const counts = countsOf(step);
  const ranNone = step.reporter !== undefined && counts.passed + counts.failed === 0;
  const ok = status === 0 && counts.failed === 0 && !ranNone;
  const tests = step.reporter === undefined ? '' : `, ${words(counts)}`;
  const why = ranNone ? ' (no test ran)' : '';
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`=== ${step.name}: ${ok ? 'ok' : `FAILED${why}`} in ${seconds} s${tests}`);
  return { ok, passed: counts.passed, failed: ok ? 0 : Math.max(1, counts.failed) };
}

function words({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`no step ${unknown.join(', ')}`);
  mkdirSync(REPORTS, { recursive: true });
  const browser = ensureChromium();
  process.env['CHROMIUM_PATH'] = browser.path;
  console.log(`Chromium: ${browser.path}, ${browser.from}`);
  const outcomes: Outcome[] = [];
  for (const step of STEPS) {
    if (names.length === 0 || names.includes(step.name)) outcomes.push(await run(step));
  }
  const sum = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  console.log(`\n${sum((o) => o.passed)} passed, ${sum((o) => o.failed)} failed`);
  return outcomes.every((outcome) => outcome.ok) ? 0 : 1;
}
