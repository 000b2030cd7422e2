/** The scalar formulas around a matrix product, in f64. */
import type { Gate } from '../matvec.ts';

export function activate(gate: Gate, value: number): number {
  switch (gate) {
    case 'none':
      return value;
    case 'silu':
      return value / (1 + Math.exp(-value));
    case 'geluTanh':
      return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
    default:
      return gate satisfies never;
  }
}

export function softCapped(value: number, cap: number): number {
  return cap > 0 ? cap * Math.tanh(value / cap) : value;
}

/** 1 / sqrt(mean(x²) + eps) over `width` values from `start`. */
export function rmsScale(x: ArrayLike<number>, start: number, width: number, eps: number): number {
  let squares = 0;
  for (let c = start; c < start + width; c++) squares += x[c]! ** 2;
  return 1 / Math.sqrt(squares / width + eps);
}
