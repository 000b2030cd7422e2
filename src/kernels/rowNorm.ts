/**
 * rowNorm: RMSNorm of a token's whole q and whole k, in place in its row of the qkv
 * projection (OLMoE norms them so, not head by head):
 *   q /= sqrt(mean(q²) + eps), q *= qNorm, and k alike. Sums are f32.
 */
import type { KernelCard, KernelCase, KernelSuite, ParamField } from './card.ts';
import { declare, type TypedBinding } from './declare.ts';
import { rmsScale } from './matvec/plain.ts';
import { f32Tolerance, randomRow, seededRandom } from './quant/plain.ts';
import main from './rowNorm.wgsl?raw';
import workgroupSum from './workgroupSum.wgsl?raw';

const PARAMS: readonly ParamField[] = [
  { name: 'qWidth', type: 'u32' },
  { name: 'kWidth', type: 'u32' },
  { name: 'stride', type: 'u32' }, // floats from a token's row to the next
  { name: 'eps', type: 'f32' },
];

const BINDINGS: readonly TypedBinding[] = [
  { name: 'qkv', access: 'read_write', shape: '[tokens, stride]', element: 'f32' },
  { name: 'qNorm', access: 'read', shape: '[qWidth]', element: 'f32' },
  { name: 'kNorm', access: 'read', shape: '[kWidth]', element: 'f32' },
];

export function rowNorm(): KernelCard {
  return {
    name: 'rowNorm',
    params: PARAMS,
    bindings: BINDINGS,
    usesStep: false,
    wgsl: [declare(PARAMS, BINDINGS, false), workgroupSum, main].join('\n'),
    constants: {},
    needs: [],
    grid: (_params, tokens) => [2, tokens, 1],
  };
}

function rowNormCase(qWidth: number, kWidth: number, tokens: number): KernelCase {
  const random = seededRandom(qWidth + kWidth);
  const stride = qWidth + 2 * kWidth + 5;
  const eps = 1e-5;
  const buffers = {
    qkv: randomRow(tokens * stride, tokens * stride, random, 3),
    qNorm: randomRow(qWidth, qWidth, random, 2),
    kNorm: randomRow(kWidth, kWidth, random, 2),
  };
  return {
    title: `rowNorm ${tokens} x (${qWidth}, ${kWidth})`,
    card: rowNorm(),
    params: { qWidth, kWidth, stride, eps },
    tokens,
    buffers,
    reference() {
      const qkv = buffers.qkv.slice();
      const norm = (start: number, weights: Float32Array): void => {
        const scale = rmsScale(buffers.qkv, start, weights.length, eps);
        weights.forEach((weight, c) => (qkv[start + c] = buffers.qkv[start + c]! * scale * weight));
      };
      for (let t = 0; t < tokens; t++) {
        norm(t * stride, buffers.qNorm);
        norm(t * stride + qWidth, buffers.kNorm);
      }
      return { qkv };
    },
    tolerance: f32Tolerance({ qkv: buffers.qkv }),
  };
}

export const rowNormSuite: KernelSuite = {
  name: 'rowNorm',
  cases: () => [rowNormCase(60, 20, 3), rowNormCase(2048, 512, 1), rowNormCase(4, 4, 2)],
};
