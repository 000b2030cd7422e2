import { AppError } from '../base/failure.ts';

/** Limits no real model comes near; past them a number in a file is a mistake or an attack. */
export const LIMITS = {
  layers: 1_024,
  hidden: 131_072,
  heads: 4_096,
  headDim: 4_096,
  inner: 1_048_576,
  experts: 65_536,
  convWidth: 1_024,
  vocab: 4_194_304,
  context: 2 ** 31 - 1,
} as const;

/** What the kernels hold in workgroup memory; a model may exceed these, and is then refused by name. */
export const KERNEL_LIMITS = {
  /** Of a router. */
  experts: 512,
  /** Of a token, and as many pieces of a shared expert beside them. */
  chosen: 32,
  headDim: 256,
  latent: 512,
} as const;

export function badDimension(key: string, value: unknown, why: string): AppError {
  const shown = inWords(value);
  return new AppError('BAD_DIMENSIONS', `${key} is ${shown}: ${why}`, { key, value: shown });
}

function inWords(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return JSON.stringify(value) ?? 'missing';
}

/** A whole number in 1..max; BAD_DIMENSIONS { key, value } otherwise. */
export function countOf(key: string, value: unknown, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw badDimension(key, value, `a whole number from 1 to ${max} is needed`);
  }
  return value;
}

/** A finite number above zero; BAD_DIMENSIONS { key, value } otherwise. */
export function positiveOf(key: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw badDimension(key, value, 'a number above zero is needed');
  }
  return value;
}
