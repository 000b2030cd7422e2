/**
 * Which kernels were found right or wrong on this adapter, in this browser, by this
 * version of the page. Kept in IndexedDB; where that is closed to the page (a private
 * window) for as long as the worker lives.
 */
import * as v from 'valibot';
import type { AdapterFacts } from '../gpu/index.ts';
import type { Shelf } from '../storage/index.ts';

export interface CaseVerdict {
  readonly kernel: string;
  readonly name: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** What was wrong, or why it can't run here; '' where it passed. */
  readonly words: string;
  readonly ms: number;
}

const VerdictsSchema = v.object({ right: v.array(v.string()), wrong: v.array(v.string()) });

export interface Verdicts {
  /** What they hold for, a line each: adapter, browser, page. */
  readonly key: string;
  /** Kernels, by name, that computed wrongly. */
  wrong(): Promise<ReadonlySet<string>>;
  unknownOf(kernels: Iterable<string>): Promise<readonly string[]>;
  /** A kernel is wrong with any of its cases. What was skipped teaches nothing. */
  learn(cases: readonly Pick<CaseVerdict, 'kernel' | 'verdict'>[]): Promise<void>;
}

export function openVerdicts(shelf: Shelf, key: string): Verdicts {
  let known: Promise<Map<string, boolean>> | null = null;

  async function read(): Promise<Map<string, boolean>> {
    const stored = await shelf.get(key).catch(() => undefined);
    const parsed = v.safeParse(VerdictsSchema, stored);
    const { right, wrong } = parsed.success ? parsed.output : { right: [], wrong: [] };
    return new Map([
      ...right.map((name) => [name, true] as const),
      ...wrong.map((name) => [name, false] as const),
    ]);
  }

  const map = (): Promise<Map<string, boolean>> => (known ??= read());
  const named = (all: ReadonlyMap<string, boolean>, right: boolean): string[] =>
    [...all].filter(([, is]) => is === right).map(([name]) => name);

  return {
    key,
    wrong: async () => new Set(named(await map(), false)),
    async unknownOf(kernels) {
      const all = await map();
      return [...kernels].filter((name) => !all.has(name));
    },
    async learn(cases) {
      if (cases.length === 0) return;
      const all = await map();
      const told = cases.filter(({ verdict }) => verdict !== 'skipped');
      for (const { kernel } of told) all.set(kernel, true);
      for (const { kernel, verdict } of told) if (verdict === 'failed') all.set(kernel, false);
      await shelf.set(key, { right: named(all, true), wrong: named(all, false) }).catch(() => undefined);
    },
  };
}

/**
 * A driver's update may show in none of what a page is told; where it does, it is in the
 * description. `page` is the name of the worker's file, which changes with what is in it.
 */
export function verdictKey(facts: AdapterFacts, userAgent: string, page: string): string {
  const { vendor, architecture, description, features, limits } = facts;
  const adapter = [vendor, architecture, description].filter((part) => part !== '').join(' ');
  const told = [...features, ...Object.entries(limits).map(([name, value]) => `${name} ${value}`)];
  return [`${adapter} (${told.join(', ')})`, userAgent, page].join('\n');
}
