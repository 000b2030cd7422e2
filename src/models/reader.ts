/**
 * What a model's file says of it, read under one vocabulary: config.json's. GGUF has
 * other words for the same things; an error names the word of the file that is wrong.
 */
import { badDimension, countOf, positiveOf } from './bounds.ts';

export interface Reader {
  /** The file's own word for a key. */
  name(key: string): string;
  /** undefined where the file is silent or says null. */
  get(key: string): unknown;
  /** A whole number in 1..max. */
  count(key: string, max: number, fallback?: number): number;
  /** A whole number in 0..max; 0 where the file is silent. */
  countOrNone(key: string, max: number): number;
  positive(key: string, fallback?: number): number;
  flag(key: string, fallback: boolean): boolean;
  text(key: string): string | null;
  list(key: string): readonly unknown[] | null;
}

export function reader(
  values: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = (key) => key,
): Reader {
  const get = (key: string): unknown => values[key] ?? undefined;
  const kind = (key: string, wanted: string, fits: (value: unknown) => boolean): unknown => {
    const value = get(key);
    if (value !== undefined && !fits(value)) throw badDimension(nameOf(key), value, `${wanted} is needed`);
    return value;
  };
  return {
    name: nameOf,
    get,
    count: (key, max, fallback) => countOf(nameOf(key), get(key) ?? fallback, max),
    countOrNone: (key, max) => ((get(key) ?? 0) === 0 ? 0 : countOf(nameOf(key), get(key), max)),
    positive: (key, fallback) => positiveOf(nameOf(key), get(key) ?? fallback),
    flag: (key, fallback) =>
      (kind(key, 'true or false', (value) => typeof value === 'boolean') as boolean | undefined) ?? fallback,
    text: (key) => (kind(key, 'a word', (value) => typeof value === 'string') as string | undefined) ?? null,
    list: (key) => (kind(key, 'a list', Array.isArray) as readonly unknown[] | undefined) ?? null,
  };
}
