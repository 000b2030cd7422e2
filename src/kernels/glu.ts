/**
 * glu: y[t, i] = act(g[t, i]) · u[t, i] for rows holding gate and up one after the
 * other. Only where the two could not be one matrix, being stored in different
 * layouts or too large for a binding; otherwise matvec and matmul fold it in.
 */
import type { KernelCard, KernelCase, KernelSuite, ParamField, Params } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import glu_wgsl from './glu.wgsl?raw';
import { GATE_CODE, type Gate } from './matvec.ts';
import epilogue from './matvec/epilogue.wgsl?raw';
import { gated } from './matvec/plain.ts';

const PARAMS: readonly ParamField[] = [
  { name: 'rows', type: 'u32' }, // outputs per token
  { name: 'xStride', type: 'u32' },
  { name: 'yStride', type: 'u32' },
];
const BINDINGS: readonly TypedBinding[] = [
  { name: 'gateUp', access: 'read', shape: '[tokens, 2*rows]', element: 'f32' },
  { name: 'y', access: 'read_write', shape: '[tokens, rows]', element: 'f32' },
];

export function glu(gate: Exclude<Gate, 'none'>): KernelCard {
  return {
    name: `glu.${gate}`,
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: false,
    wgsl: [declare(PARAMS, BINDINGS, false), epilogue, glu_wgsl].join('\n'),
    constants: { GATE: GATE_CODE[gate] },
    needs: [],
    grid: (params: Params, tokens: number) => [Math.ceil(params['rows']! / 64), tokens, 1],
  };
}

function gluCase(gate: Exclude<Gate, 'none'>, rows: number, tokens: number, spread: number): KernelCase {
  const xStride = Math.ceil((2 * rows) / 32) * 32;
  const yStride = Math.ceil(rows / 32) * 32;
  const gateUp = Float32Array.from({ length: tokens * xStride }, (_, i) => spread * Math.sin(i * 1.7 + 0.3));
  return {
    title: `glu ${gate} ${tokens}x${rows} spread ${spread}`,
    card: glu(gate),
    params: { rows, xStride, yStride },
    tokens,
    buffers: { gateUp, y: new Float32Array(tokens * yStride) },
    reference() {
      const y = new Float32Array(tokens * yStride);
      for (let t = 0; t < tokens; t++) {
        for (let i = 0; i < rows; i++) {
          const g = gateUp[t * xStride + i]!;
          y[t * yStride + i] = gated(gate, g, gateUp[t * xStride + rows + i]!);
        }
      }
      return { y };
    },
    tolerance: { nmse: 1e-11, maxAbs: 1e-5 * Math.max(1, spread * spread) },
  };
}

export const gluSuite: KernelSuite = {
  name: 'glu',
  cases: () =>
    (['silu', 'geluTanh', 'swigluOai'] as const).flatMap((gate) => [
      gluCase(gate, 65, 1, 3),
      gluCase(gate, 64, 3, 1),
      gluCase(gate, 7, 2, 100),
    ]),
};
