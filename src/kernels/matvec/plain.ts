/** The scalar formulas around a matrix product, in f64. */
import type { Gate } from '../matvec.ts';

/** What a gate makes of its up; `gate` is the plain value where there is none. */
export function gated(kind: Gate, gate: number, up: number): number {
  switch (kind) {
    case 'none':
      return gate;
    case 'silu':
      return (gate / (1 + Math.exp(-gate))) * up;
    case 'geluTanh':
      return 0.5 * gate * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (gate + 0.044715 * gate ** 3))) * up;
    case 'swigluOai': {
      const g = Math.min(gate, 7);
      return (g / (1 + Math.exp(-1.702 * g))) * (Math.min(Math.max(up, -7), 7) + 1);
    }
    default:
      return kind satisfies never;
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
