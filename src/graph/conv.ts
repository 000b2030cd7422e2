/** LFM2's gated short convolution, three dispatches: norm and B, C, x; the taps; output and residual. */
import type { BufferRange } from '../gpu/index.ts';
import { shortConv } from '../kernels/index.ts';
import type { ConvSpec } from '../models/index.ts';
import type { Linear, ProgramBuilder } from './builder.ts';
import { RING } from './kvCache.ts';

export function decodeConv(b: ProgramBuilder, conv: ConvSpec, at: number): void {
  b.decodeNormed(`${at}.attnNorm`, [into(b, at)]);
  taps(b, conv, at);
  b.decodeIntoStream(`${at}.out`, b.acts.attended, null);
}

export function prefillConv(b: ProgramBuilder, conv: ConvSpec, at: number): void {
  b.prefillNormed(`${at}.attnNorm`, [into(b, at)]);
  taps(b, conv, at);
  b.prefillIntoStream(`${at}.out`, b.acts.attended, b.strides.attended, null);
}

function into(b: ProgramBuilder, at: number): Linear {
  return { tensor: `${at}.convIn`, y: b.acts.qkv, yStride: b.strides.qkv };
}

function taps(b: ProgramBuilder, { width, bias }: ConvSpec, at: number): void {
  const { hidden } = b.spec;
  const extra: Record<string, BufferRange> = bias ? { bias: b.vector(`${at}.convBias`) } : {};
  b.add(
    shortConv({ bias }),
    { hidden, width, xStride: b.strides.qkv, yStride: b.strides.attended, ring: RING },
    {
      bcx: b.acts.qkv,
      weight: b.vector(`${at}.convWeight`),
      ...extra,
      state: b.kv.layer(at)['ring']!,
      y: b.acts.attended,
    },
  );
}
