/** The cases of rmsnorm: plain, added, the last token alone, large and tiny values. */
import type { KernelCase, KernelSuite } from './card.ts';
import { rmsScale } from './matvec/plain.ts';
import { f32Tolerance, randomRow, seededRandom } from './quant/plain.ts';
import { rmsnorm, type RmsnormOptions } from './rmsnorm.ts';

interface Shape {
  readonly width: number;
  readonly tokens: number;
  /** Largest |x|. */
  readonly size: number;
}

function rmsnormCase(options: RmsnormOptions, { width, tokens, size }: Shape): KernelCase {
  const random = seededRandom(width + tokens);
  const padded = Math.ceil(width / 32) * 32;
  const stride = padded + 32;
  const rows = () => {
    const all = new Float32Array(tokens * stride);
    for (let t = 0; t < tokens; t++) all.set(randomRow(width, padded, random, size), t * stride);
    return all;
  };
  const buffers = { x: rows(), weight: randomRow(width, padded, random, 2), out: rows() };
  const eps = 1e-6;
  const card = rmsnorm(options);
  const out = Float32Array.from(buffers.out);
  const norm = (from: number, to: number) => {
    const scale = rmsScale(buffers.x, from * stride, width, eps);
    for (let c = 0; c < width; c++) {
      const normed = buffers.x[from * stride + c]! * scale * buffers.weight[c]!;
      out[to * stride + c] = (options.add ? out[to * stride + c]! : 0) + normed;
    }
  };
  if (options.rows === 'last') norm(tokens - 1, 0);
  else for (let t = 0; t < tokens; t++) norm(t, t);
  return {
    title: `${card.name} ${tokens} x ${width}, values to ${size}`,
    card,
    params: { width, stride, eps },
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
    rmsnormCase({ add: false, rows: 'last' }, { width: 99, tokens: 4, size: 1 }),
    rmsnormCase({ add: true, rows: 'last' }, { width: 99, tokens: 2, size: 1 }),
  ],
};
