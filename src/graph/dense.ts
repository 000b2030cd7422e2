/** The dense feed-forward layer: down · (act(gate · x) ⊙ (up · x)). */
import { glu } from '../kernels/index.ts';
import type { DenseFfnSpec, LayerSpec } from '../models/index.ts';
import type { Linear, ProgramBuilder } from './builder.ts';

/** One token, two dispatches: norm, gate, up and activation in one, down and residual in the other. */
export function decodeDense(b: ProgramBuilder, layer: LayerSpec, ffn: DenseFfnSpec, at: number): void {
  const { acts } = b;
  b.decodeNormed(`${at}.ffnNorm`, gateAndUp(b, ffn, at));
  activate(b, ffn, at);
  b.decodeIntoStream(`${at}.down`, acts.inner, layer.postNorms ? `${at}.ffnPostNorm` : null);
}

export function prefillDense(b: ProgramBuilder, layer: LayerSpec, ffn: DenseFfnSpec, at: number): void {
  b.prefillNormed(`${at}.ffnNorm`, gateAndUp(b, ffn, at));
  activate(b, ffn, at);
  b.prefillIntoStream(
    `${at}.down`,
    b.acts.inner,
    b.strides.inner,
    layer.postNorms ? `${at}.ffnPostNorm` : null,
  );
}

/** One matrix with the activation folded in, unless gate and up had to stay apart. */
function fused(b: ProgramBuilder, at: number): boolean {
  const name = `${at}.gateUp`;
  return b.weights.has(name) && b.weights.get(name).chunks.length === 1;
}

function gateAndUp(b: ProgramBuilder, { activation, inner }: DenseFfnSpec, at: number): readonly Linear[] {
  const { acts, strides } = b;
  if (fused(b, at)) {
    return [{ tensor: `${at}.gateUp`, y: acts.inner, yStride: strides.inner, gate: activation }];
  }
  const wide = { y: acts.gateUp, yStride: 2 * strides.inner };
  if (b.weights.has(`${at}.gateUp`)) return [{ tensor: `${at}.gateUp`, ...wide }];
  return [
    { tensor: `${at}.gate`, ...wide },
    { tensor: `${at}.up`, ...wide, yOffset: inner },
  ];
}

function activate(b: ProgramBuilder, { activation, inner }: DenseFfnSpec, at: number): void {
  if (fused(b, at)) return;
  b.add(
    glu(activation),
    { rows: inner, xStride: 2 * b.strides.inner, yStride: b.strides.inner },
    { gateUp: b.acts.gateUp, y: b.acts.inner },
  );
}
