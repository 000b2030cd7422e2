/** The cases of rmsnorm: plain, added, large and tiny values. */
import type { KernelCase, KernelSuite } from './card.ts';
import { rmsScale } from './matvec/plain.ts';
import { f32Tolerance, randomRow, seededRandom } from './quant/plain.ts';
import { rmsnorm } from './rmsnorm.ts';

interface Shape {
  readonly width: number;
  readonly tokens: number;
  /** Largest |x|. */
  readonly size: number;
}

function rmsnormCase(options: { readonly add: boolean }, { width, tokens, size }: Shape): KernelCase {
  const random = seededRandom(width + tokens);
  const padded = Math.ceil(width / 32) * 32;
  const stride = padded + 32;
  const xStride = stride + 64;
  const rows = (step: number) => {
    const all = new Float32Array(tokens * step);
    for (let t = 0; t < tokens; t++) all.set(randomRow(width, padded, random, size), t * step);
    return all;
  };
  const x = rows(xStride);
  for (let t = 0; t < tokens; t++) x.fill(1e4, t * xStride + width, (t + 1) * xStride); // others' channels
  const buffers = { x, weight: randomRow(width, padded, random, 2), out: rows(stride) };
  const eps = 1e-6;
  const card = rmsnorm(options);
  const out = Float32Array.from(buffers.out);
  for (let t = 0; t < tokens; t++) {
    const scale = rmsScale(buffers.x, t * xStride, width, eps);
    for (let c = 0; c < width; c++) {
      const normed = buffers.x[t * xStride + c]! * scale * buffers.weight[c]!;
      out[t * stride + c] = (options.add ? out[t * stride + c]! : 0) + normed;
    }
  }
  return {
    title: `${card.name} ${tokens} x ${width}, values to ${size}`,
    card,
    params: { width, xStride, stride, eps },
    step: { position: 3, tokens, seed: 0 },
    tokens,
    buffers,
    reference: () => ({ out }),
    tolerance: f32Tolerance({ out }),
  };
}

export const rmsnormSuite: KernelSuite = {
  name: 'rmsnorm',
  cases: () => [
    rmsnormCase({ add: false }, { width: 1, tokens: 1, size: 1 }),
    rmsnormCase({ add: false }, { width: 50, tokens: 3, size: 1 }),
    rmsnormCase({ add: false }, { width: 576, tokens: 5, size: 1000 }),
    rmsnormCase({ add: false }, { width: 2304, tokens: 2, size: 1e-4 }),
    rmsnormCase({ add: true }, { width: 50, tokens: 3, size: 1 }),
    rmsnormCase({ add: true }, { width: 640, tokens: 4, size: 30 }),
  ],
};
