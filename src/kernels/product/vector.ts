/**
 * Rows of W times one vector, which matvec, the experts of one token and the router need:
 *   team_sums(rows, thread)     hardware: teams of lanes, coalesced reads, the input in
 *                               workgroup memory, a reduction that needs no subgroups
 *   serial_sums(rows, base)     software: a thread per four sums
 * A prologue says what the input is: input_at, weigh and keep_input.
 */
import type { KernelShape } from '../card.ts';
import serial from './serial.wgsl?raw';
import teams from './teams.wgsl?raw';

export interface VectorProduct {
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  /** What makes four sums each: a workgroup's teams or its threads. */
  readonly summers: number;
}

const LANES = 32;
const SOFTWARE_THREADS = 32;

export function vectorProduct(shape: KernelShape, teamsOf = 2): VectorProduct {
  return shape === 'software'
    ? { wgsl: serial, constants: { THREADS: SOFTWARE_THREADS }, summers: SOFTWARE_THREADS }
    : { wgsl: teams, constants: { LANES, TEAMS: teamsOf }, summers: teamsOf };
}
