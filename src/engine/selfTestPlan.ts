/**
 * Which cases a self-test runs. The full one runs all, those of the shape this
 * adapter uses first. The quick one runs, for every kernel of the programs that
 * are loaded, a case or two of that very kernel, whose pipeline is compiled
 * already; where the suites have no such variant, one of its nearest relative.
 */
import type { KernelCase, KernelShape } from '../kernels/index.ts';

export interface QuickCases {
  /** The kernel of the programs that these speak for. */
  readonly kernel: string;
  readonly cases: readonly KernelCase[];
}

const CASES_PER_KERNEL = 2;

export function planFull(all: readonly KernelCase[], shape: KernelShape): readonly KernelCase[] {
  const other = shape === 'hardware' ? 'software' : 'hardware';
  const isOther = ({ card }: KernelCase): boolean => partsOf(card.name).includes(other);
  return [...all.filter((one) => !isOther(one)), ...all.filter(isOther)];
}

/** `kernels`: names of cards as programs label their dispatches. */
export function planQuick(all: readonly KernelCase[], kernels: Iterable<string>): readonly QuickCases[] {
  return Array.from(kernels, (kernel) => ({ kernel, cases: casesFor(all, kernel) }));
}

/** The suite that has a kernel's cases and those of its relatives. */
export function suiteOf(kernel: string): string {
  return kernel.split('.')[0]!;
}

/** Smallest first: the reference is plain loops, and the user may be about to write. */
function casesFor(all: readonly KernelCase[], kernel: string): readonly KernelCase[] {
  const named = (name: string): readonly KernelCase[] => all.filter(({ card }) => card.name === name);
  const same = named(kernel);
  const chosen = same.length > 0 ? same : named(nearest(all, kernel));
  return chosen.toSorted((a, b) => bytesOf(a) - bytesOf(b)).slice(0, CASES_PER_KERNEL);
}

/**
 * The card of the same kernel and shape that shares most words with it; layouts and
 * types come before the options in a name, and so weigh more. '' where there is none.
 */
function nearest(all: readonly KernelCase[], kernel: string): string {
  const wanted = partsOf(kernel);
  const likeness = (name: string): number => {
    const parts = partsOf(name);
    if (parts[0] !== wanted[0] || shapeIn(parts) !== shapeIn(wanted)) return 0;
    const shared = parts.reduce((sum, part, at) => sum + (wanted.includes(part) ? 2 ** -at : 0), 0);
    return shared - parts.length * 1e-6;
  };
  const best = all.reduce(
    (best, { card }) => {
      const score = likeness(card.name);
      return score > best.score ? { name: card.name, score } : best;
    },
    { name: '', score: 0 },
  );
  return best.name;
}

/** The shape a kernel's name says it has; undefined where there is but one form of it. */
function shapeIn(parts: readonly string[]): KernelShape | undefined {
  return parts.find((part): part is KernelShape => part === 'hardware' || part === 'software');
}

const partsOf = (name: string): readonly string[] => name.split('.');

function bytesOf({ buffers }: KernelCase): number {
  return Object.values(buffers).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
